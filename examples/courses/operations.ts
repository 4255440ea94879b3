import { badArgument, defineOperation, defineQuery, sql, z } from 'rapport/plugin'

const bookings = z.array(z.object({ bookingCode: z.string(), courseId: z.string(), contactId: z.string() })).max(500)

const booking = {
  name: 'CourseBookingInput',
  description: 'A booking, as the system tells of it that people book in.',
  fields: {
    bookingCode: { type: 'String', isRequired: true, description: 'Its number there.' },
    courseId: { type: 'ID', isRequired: true, description: 'The course.' },
    contactId: { type: 'ID', isRequired: true, description: 'The person.' },
  },
} as const

export const takeOverBookings = defineOperation({
  name: 'takeOverBookings',
  description: 'Takes over bookings as another system tells of them, 500 at most. The same again changes nothing.',
  permission: 'enrollment:create',
  input: { bookings: { type: booking, isList: true, isRequired: true, description: 'The bookings.' } },
  payload: {
    enrollments: { type: 'Enrollment', isList: true, isNullable: true, description: 'Places that were written.' },
  },
  async run(input, { records }) {
    const told = bookings.parse(input.bookings)
    const written = await records.upsertMany('Enrollment', told, { path: ['input', 'bookings'] })
    return {
      values: { enrollments: written.flatMap(({ id }) => id ?? []) },
      userErrors: written.flatMap(({ userErrors }) => userErrors),
    }
  },
})

export const courseCalendar = defineQuery({
  name: 'courseCalendar',
  description: 'Days with meetings of courses, from one day to another.',
  permission: 'course:read',
  args: {
    from: { type: 'Date', isRequired: true, description: 'First day.' },
    to: { type: 'Date', isRequired: true, description: 'Last day.' },
  },
  answer: {
    isList: true,
    type: {
      name: 'CourseDay',
      description: 'A day with meetings.',
      fields: {
        day: { type: 'Date', description: 'The day.' },
        courses: { type: 'Course', isList: true, description: 'Courses that meet.' },
      },
    },
  },
  async run({ from, to }, { transaction: { query, workspaceId } }) {
    if (from > to) throw badArgument('`from` is after `to`.')
    return query(sql`select (s.starts_at at time zone 'UTC')::date::text as day, array_agg(distinct s.course_id) as courses
      from courses_sessions s where s.workspace_id = ${workspaceId}::uuid
        and s.starts_at >= ${from}::date and s.starts_at < ${to}::date + 1 group by 1 order by 1`)
  },
})
