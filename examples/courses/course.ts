import {
  computed,
  defineAct,
  defineItem,
  defineObject,
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

const session = defineItem({ model: 'CourseSession', columns: { startsAt: {}, topic: {} } })
const place = defineItem({ model: 'Enrollment', columns: { hasAttended: {} } })

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
    fee: money({ description: 'What it costs a person.', amount: 'feeAmount', currency: 'feeCurrency' }),
    about: reference({
      description: 'Record that it is about.',
      to: 'Node',
      typeColumn: 'aboutType',
      idColumn: 'aboutId',
    }),
    sessions: items({ description: 'Its meetings, in order.', item: session, by: 'course', max: 50 }),
    enrollments: many({ description: 'Places that are taken.', object: 'Enrollment', by: 'course' }),
    participants: many({
      description: 'People who take part; the edge tells whether they came.',
      object: 'Contact',
      link: { item: place, by: 'course', to: 'contact' },
    }),
    places: group({
      description: 'How full it is.',
      name: 'CoursePlaces',
      fields: {
        taken: computed({
          description: 'Places that are taken.',
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
  columns: { bookingCode: {}, hasAttended: {}, remindedAt: { input: false } },
  relations: { course: {}, contact: {} },
  writes: ['create', 'update', 'delete', 'restore'],
})

export const cancelCourse = defineAct({
  name: 'cancelCourse',
  description: 'Says that a course does not take place.',
  object: 'Course',
  apply: ({ status }) =>
    status === 'CANCELLED'
      ? { refusals: [ruleViolation('courses.status', ['input', 'id'], 'The course is cancelled already.')] }
      : { patch: { status: 'CANCELLED' } },
})
