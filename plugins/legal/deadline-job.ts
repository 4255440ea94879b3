import { defineJob, sql } from 'rapport/plugin'
import { workspaceSettings } from './settings.ts'

/** A deadline that is due soon, with its matter. */
interface DueDeadline extends Record<string, unknown> {
  readonly id: string
  readonly title: string
  readonly day: string
  /** uuid of the matter. */
  readonly matter: string
  readonly name: string
  /** uuid of the user who is responsible for the matter. */
  readonly assignee: string | null
}

export const remindOfDeadlines = defineJob({
  name: 'legal.deadlines',
  description: 'Creates a task for each deadline that is due soon, for the user who is responsible for the matter.',
  schedule: '15 4 * * *',
  async run(_payload, { transaction, prisma, sees, records, settings, now }) {
    const workspace = sql`${transaction.workspaceId}::uuid`
    const { remindDaysBefore } = await settings(workspaceSettings)
    const until = sql`${now.toISOString().slice(0, 10)}::date + ${remindDaysBefore}::int`
    const isVisible = sql`${sees('Deadline', sql`d`)} and ${sees('Matter', sql`m`)}`
    // The run that inserts the reminder creates the task. A concurrent run waits until the first run has committed, and
    // then inserts no reminder.
    const due = await transaction.query<DueDeadline>(sql`
      with inserted as (
        insert into legal_reminders (workspace_id, deadline_id, due_on)
        select d.workspace_id, d.id, d.due_on from legal_deadlines d
        join legal_matters m on m.workspace_id = d.workspace_id and m.id = d.matter_id and m.deleted_at is null
        where d.workspace_id = ${workspace} and d.due_on <= ${until} and d.completed_at is null and d.deleted_at is null
          and m.status <> 'CLOSED' and ${isVisible} and not exists (select from legal_reminders r
            where r.workspace_id = d.workspace_id and r.deadline_id = d.id and r.due_on = d.due_on)
        on conflict do nothing returning deadline_id
      )
      select d.id, d.title, d.due_on::text as day, m.id as matter, m.name, m.responsible_id as assignee
      from inserted n join legal_deadlines d on d.workspace_id = ${workspace} and d.id = n.deadline_id
      join legal_matters m on m.workspace_id = d.workspace_id and m.id = d.matter_id where ${isVisible}`)
    for (const { id, title, day, matter, name, assignee } of due) {
      const { userErrors } = await records.create('Task', {
        title: `${title} (${name}) by ${day}`.slice(0, 500),
        dueAt: `${day}T00:00:00.000Z`,
        priority: 'HIGH',
        regardingId: { type: 'Matter', id: matter },
        assigneeId: assignee,
      })
      // A task can be refused by a rule, or because its assignee left. Without the reminder, the next run, a day later,
      // tries again.
      if (userErrors.length > 0)
        await prisma.legalReminder.deleteMany({ where: { deadlineId: id, dueOn: new Date(day) } })
    }
  },
})
