import { defineOperationRule, defineRule, defineUserError, ruleViolation, sql, userError } from 'rapport/plugin'

export const courseFull = defineUserError({
  name: 'CourseFullError',
  description: 'The course has no free place.',
  code: 'COURSE_FULL',
  fields: { capacity: { type: 'Int', description: 'Number of people who can be enrolled.' } },
})

export const tidyTitle = defineRule({
  name: 'courses.tidyTitle',
  description: 'The title of a course has no double spaces.',
  object: 'Course',
  on: ['create', 'update'],
  before: ({ values: { title } }) =>
    title === undefined ? undefined : { patch: { title: title.replaceAll(/\s+/g, ' ') } },
})

export const seats = defineRule({
  name: 'courses.seats',
  description: 'Nobody can be enrolled in a course that is full.',
  object: 'Enrollment',
  on: ['create'],
  isIntegral: true,
  budgetMs: 500,
  async before({ values: { courseId } }, { transaction: { query, workspaceId } }) {
    // The lock makes concurrent enrollments wait.
    const [course] = await query<{ capacity: number; title: string }>(sql`select capacity, title from courses_courses
      where workspace_id = ${workspaceId}::uuid and id = ${courseId}::uuid for update`)
    const [taken] = await query<{ count: number }>(sql`select count(*)::int as count from courses_enrollments
      where workspace_id = ${workspaceId}::uuid and course_id = ${courseId}::uuid and deleted_at is null`)
    if (!course || (taken?.count ?? 0) < course.capacity) return undefined
    const { capacity, title } = course
    return { refusals: [userError(courseFull, ['input', 'courseId'], `${title} is full.`, { capacity })] }
  },
})

export const invite = defineRule({
  name: 'courses.invite',
  description: 'Creates a task to send an invitation to each person who is enrolled.',
  object: 'Enrollment',
  on: ['create'],
  runsAfter: ['courses.seats'],
  async after({ values: { contactId } }, { records }) {
    await records.create('Task', {
      title: 'Send an invitation',
      ...(contactId ? { regardingId: { type: 'Contact', id: contactId } } : {}),
    })
  },
})

export const noImport = defineOperationRule({
  name: 'courses.noImport',
  description: 'Enrollments are not imported from files: they come from the booking system.',
  operation: 'importRecords',
  before: ({ object }) =>
    object === 'Enrollment'
      ? { refusals: [ruleViolation('courses.noImport', ['input', 'object'], 'Use takeOverBookings instead.')] }
      : undefined,
})
