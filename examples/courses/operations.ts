import { badArgument, defineOperation, defineQuery, sql, z } from 'rapport/plugin'

const bookingSchema = z.object({ bookingCode: z.string(), courseId: z.string(), contactId: z.string() })

const booking = {
  name: 'CourseBookingInput',
  description: 'A booking from another system.',
  fields: {
    bookingCode: { type: 'BookingCode', isRequired: true, description: 'Number of the booking in the other system.' },
    courseId: { type: 'ID', isRequired: true, description: 'The course.' },
    contactId: { type: 'ID', isRequired: true, description: 'The person.' },
  },
} as const

export const takeOverBookings = defineOperation({
  name: 'takeOverBookings',
  description:
    'Stores at most 500 bookings of another system as enrollments. Sending the same bookings again changes nothing.',
  permission: 'enrollment:create',
  input: {
    bookings: {
      type: booking,
      isList: true,
      isRequired: true,
      schema: z.array(bookingSchema).max(500, 'At most 500 bookings at once.'),
      description: 'The bookings, at most 500.',
    },
  },
  payload: {
    enrollments: { type: 'Enrollment', isList: true, isNullable: true, description: 'Enrollments of the bookings.' },
  },
  async run({ bookings }, { records }) {
    const written = await records.upsertMany('Enrollment', bookings, { path: ['input', 'bookings'] })
    return {
      values: { enrollments: written.flatMap(({ id }) => id ?? []) },
      userErrors: written.flatMap(({ userErrors }) => userErrors),
    }
  },
})

export const courseCalendar = defineQuery({
  name: 'courseCalendar',
  description: 'Days in a period on which courses have sessions.',
  permission: 'course:read',
  args: {
    from: { type: 'Date', isRequired: true, description: 'First day.' },
    to: { type: 'Date', isRequired: true, description: 'Last day.' },
  },
  answer: {
    isList: true,
    type: {
      name: 'CourseDay',
      description: 'A day with sessions.',
      fields: {
        day: { type: 'Date', description: 'The date.' },
        courses: { type: 'Course', isList: true, description: 'Courses with a session on the day.' },
      },
    },
  },
  async run({ from, to }, { transaction: { query, workspaceId }, sees }) {
    if (from > to) throw badArgument('`from` is after `to`.')
    return query(sql`select (s.starts_at at time zone 'UTC')::date::text as day, array_agg(distinct s.course_id) as courses
      from courses_sessions s where s.workspace_id = ${workspaceId}::uuid
        and s.starts_at >= ${from}::date and s.starts_at < ${to}::date + 1
        and ${sees('CourseSession', sql`s`)} group by 1 order by 1`)
  },
})

export const courseFees = defineQuery({
  name: 'courseFees',
  description: 'Total of the fees of planned courses, for each currency.',
  permission: 'course:read',
  answer: {
    isList: true,
    type: {
      name: 'CourseFees',
      description: 'Fees of the courses with one currency.',
      fields: {
        currency: { type: 'CurrencyCode', description: 'The currency.' },
        total: { type: 'Decimal', description: 'Sum of the fees.' },
        courseCount: { type: 'Int', description: 'Number of courses.' },
      },
    },
  },
  async run(_args, { prisma }) {
    const groups = await prisma.course.groupBy({
      by: ['feeCurrency'],
      // Courses whose fee the caller may not read have no currency here.
      where: { status: 'PLANNED', feeCurrency: { not: null } },
      _sum: { feeAmount: true },
      _count: { _all: true },
      orderBy: { feeCurrency: 'asc' },
    })
    return groups.map(({ feeCurrency, _sum, _count }) => ({
      currency: feeCurrency,
      total: _sum.feeAmount?.toFixed(2),
      courseCount: _count._all,
    }))
  },
})
