import {
  computed,
  defineAct,
  defineItem,
  defineObject,
  defineScalar,
  group,
  items,
  many,
  money,
  reference,
  ruleViolation,
  sql,
  text,
  z,
} from 'rapport/plugin'

/** A booking code of the booking system, such as `BK-1204`. */
export const bookingCode = defineScalar({
  name: 'BookingCode',
  description: 'Number of a booking in the booking system, in capitals: `B1` or `BK-1204`.',
  input: z
    .string()
    .transform((text) => text.trim().toUpperCase())
    .pipe(z.string().regex(/^[A-Z]{1,3}-?\d{1,8}$/, 'A booking code is one to three letters and a number.')),
  example: 'BK-1204',
})

const session = defineItem({ model: 'CourseSession', columns: { startsAt: {}, topic: {} } })
const participation = defineItem({ model: 'Enrollment', columns: { hasAttended: {} } })

export const course = defineObject({
  model: 'Course',
  prefix: 'course',
  plural: 'courses',
  search: 'searchText',
  naturalKey: ['title', 'startsOn'],
  columns: {
    title: { input: text(120) },
    startsOn: {},
    capacity: { input: z.int().min(1).max(1_000) },
    status: { input: false },
  },
  relations: { venue: {} },
  fields: {
    fee: money({ description: 'Price for one person.', amount: 'feeAmount', currency: 'feeCurrency' }),
    about: reference({
      description: 'The record that the course is about.',
      to: 'Node',
      typeColumn: 'aboutType',
      idColumn: 'aboutId',
    }),
    sessions: items({ description: 'Sessions of the course, in order.', item: session, by: 'course', max: 50 }),
    enrollments: many({ description: 'Enrollments in the course.', object: 'Enrollment', by: 'course' }),
    participants: many({
      description: 'People who are enrolled. Each edge says whether the person attended.',
      object: 'Contact',
      link: { item: participation, by: 'course', to: 'contact' },
    }),
    places: group({
      description: 'Places of the course.',
      name: 'CoursePlaces',
      fields: {
        taken: computed({
          description: 'Number of places that are taken by enrollments.',
          type: 'Int',
          isRequired: true,
          permission: 'enrollment:read',
          value: (row) => sql`(select count(*)::int from courses_enrollments e
            where e.workspace_id = ${row.column('workspaceId')} and e.course_id = ${row.column('id')} and e.deleted_at is null)`,
        }),
      },
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})

export const enrollment = defineObject({
  model: 'Enrollment',
  prefix: 'enrollment',
  plural: 'enrollments',
  naturalKey: ['bookingCode'],
  columns: { bookingCode: { scalar: 'BookingCode' }, hasAttended: {}, remindedAt: { input: false } },
  relations: { course: {}, contact: {} },
  writes: ['create', 'update', 'delete', 'restore'],
})

export const cancelCourse = defineAct({
  name: 'cancelCourse',
  description: 'Cancels a course.',
  object: 'Course',
  apply: ({ status }) =>
    status === 'CANCELLED'
      ? { refusals: [ruleViolation('courses.status', ['input', 'id'], 'The course is already cancelled.')] }
      : { patch: { status: 'CANCELLED' } },
})
