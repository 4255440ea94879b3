import { defineHandler, defineJob, mustSucceed, type Seed, sql, z } from 'rapport/plugin'

export const workspaceSettings = z.object({
  remindDaysBefore: z.int().min(0).max(60).default(3).describe('Days before a course on which people are reminded.'),
})
export const installationSettings = z.object({
  bookingUrl: z.url().optional().describe('URL of the booking system.'),
})

export const requestFeedback = defineHandler({
  name: 'courses.requestFeedback',
  description: 'Creates a task to ask for feedback for each person who attended a course.',
  on: { types: ['Enrollment'], operations: ['UPDATED'] },
  async handle({ recordId, changedFields }, { records }) {
    const enrollment = changedFields.includes('hasAttended') ? await records.get('Enrollment', recordId) : null
    // The columns of a record are optional: they are absent when the plugin may not read them.
    if (!enrollment?.hasAttended || !enrollment.contactId) return
    const task = { title: 'Ask how the course was', regardingId: { type: 'Contact', id: enrollment.contactId } }
    mustSucceed(await records.create('Task', task))
  },
})

export const remind = defineJob({
  name: 'courses.remind',
  description:
    'Creates a task to remind each person of a course that starts soon, and stores the time in `remindedAt`.',
  schedule: '0 6 * * *',
  async run(_payload, { transaction: { query, workspaceId }, sees, records, settings, now }) {
    const { remindDaysBefore } = await settings(workspaceSettings)
    const due = await query<{ id: string; contactId: string }>(
      sql`select e.id, e.contact_id as "contactId" from courses_enrollments e
        join courses_courses c on c.workspace_id = e.workspace_id and c.id = e.course_id
        where e.workspace_id = ${workspaceId}::uuid and e.reminded_at is null and e.deleted_at is null and c.status = 'PLANNED'
          and c.starts_on <= ${now}::timestamptz::date + ${remindDaysBefore}::int
          and ${sees('Enrollment', sql`e`)} and ${sees('Course', sql`c`)}
        order by e.id limit 500 for update of e skip locked`,
    )
    for (const { id, contactId } of due) {
      await records.create('Task', { title: 'Remind of the course', regardingId: { type: 'Contact', id: contactId } })
      await records.patch('Enrollment', id, { remindedAt: now })
    }
  },
})

export const firstCourse: Seed = {
  name: 'firstCourse',
  description: 'A sample course.',
  async run({ records, now }) {
    const day = new Date(now.getTime() + 30 * 86_400_000).toISOString().slice(0, 10)
    mustSucceed(await records.create('Course', { title: 'First steps', startsOn: day }))
  },
}
