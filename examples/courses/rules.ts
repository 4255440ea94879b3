import { defineOperationRule, defineRule, defineUserError, ruleViolation, sql, userError } from 'rapport/plugin'

export const courseFull = defineUserError({
  name: 'CourseFullError',
  description: 'The course is full.',
  code: 'COURSE_FULL',
  fields: { capacity: { type: 'Int', description: 'Number of people who can be enrolled.' } },
})

export const tidyTitle = defineRule({
  name: 'courses.tidyTitle',
  description: 'Replaces consecutive whitespace in the title of a course with one space.',
  object: 'Course',
  on: ['create', 'update'],
  before: ({ values: { title } }) =>
    title === undefined ? undefined : { patch: { title: title.replaceAll(/\s+/g, ' ') } },
})

export const seats = defineRule({
  name: 'courses.seats',
  description: 'Refuses an enrollment in a course that is full.',
  object: 'Enrollment',
  on: ['create'],
  isIntegral: true,
  budgetMs: 500,
  async before({ values: { courseId } }, { unrestricted: { query }, transaction: { workspaceId } }) {
    // Counts the enrollments that are hidden from the caller too.
    // The row lock makes concurrent enrollments in the course wait, so that they count each other.
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
  description: 'Creates a task to send an invitation to each person who is enrolled in a course.',
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
  description: 'Refuses to import enrollments from a file, because they come from the booking system.',
  operation: 'importRecords',
  before: ({ object }) =>
    object === 'Enrollment'
      ? { refusals: [ruleViolation('courses.noImport', ['input', 'object'], 'Use takeOverBookings instead.')] }
      : undefined,
})
