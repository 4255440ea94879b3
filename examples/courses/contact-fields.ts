import { computed, condition, list, many, type RowReference, resolved, rows, source, sql } from 'rapport/plugin'
import { workspaceSettings } from './background.ts'

/** Returns a FROM and WHERE clause: the enrollments `e` of a contact that the caller may see, with their courses `c`. */
const enrollmentsOf = (contact: RowReference) => sql`courses_enrollments e
  join courses_courses c on c.workspace_id = e.workspace_id and c.id = e.course_id and c.deleted_at is null
  where e.workspace_id = ${contact.column('workspaceId')} and e.contact_id = ${contact.column('id')} and e.deleted_at is null
    and ${contact.sees('Enrollment', sql`e`)}`

export const contactFields = {
  enrollments: many({ description: 'Enrollments of the person.', object: 'Enrollment', by: 'contact' }),
  coursesAttended: computed({
    description: 'Number of courses that the person attended.',
    type: 'Int',
    isRequired: true,
    value: (contact) => sql`(select count(*)::int from ${enrollmentsOf(contact)} and e.has_attended)`,
  }),
  courseFees: computed({
    description: 'Sum of the fees of the courses that the person attended, in one currency.',
    type: 'Money',
    args: {
      currency: { type: 'CurrencyCode', isRequired: true, description: 'Currency of the fees that are added up.' },
      since: { type: 'Date', description: 'Only courses that begin on this day or later.' },
    },
    value: (contact, { currency, since }) => sql`select sum(c.fee_amount) as amount, ${currency}::text as currency
      from ${enrollmentsOf(contact)} and e.has_attended and c.fee_currency = ${currency}::text
        and ${since ? sql`c.starts_on >= ${since}::date` : sql`true`} and ${contact.sees('Course', sql`c`)}`,
  }),
  nextCourse: list({
    description: 'The next course in which the person is enrolled.',
    object: 'Course',
    isSingle: true,
    ids: (contact) => sql`select c.id, 1 as position from ${enrollmentsOf(contact)}
      and c.status = 'PLANNED' and c.starts_on >= ${contact.today} order by c.starts_on, c.id limit 1`,
  }),
  coursesByYear: rows({
    description: 'Number of courses in which the person was enrolled, for each year.',
    permission: 'enrollment:read',
    row: {
      name: 'CoursesInYear',
      description: 'Number of courses in one year.',
      columns: {
        year: { type: 'Int', isRequired: true, description: 'Year of the first day of the courses.' },
        courseCount: { type: 'Int', isRequired: true, description: 'Number of courses.' },
      },
    },
    query: (contact) => sql`select extract(year from c.starts_on)::int as year, count(*)::int as "courseCount"
      from ${enrollmentsOf(contact)} group by 1 order by 1`,
  }),
  courseHistory: source({
    description: 'Courses in which the person is or was enrolled, the latest first.',
    object: 'Course',
    orderedBy: 'startsOn',
    args: {
      isAttended: {
        type: 'Boolean',
        description: 'Whether to return only courses that the person attended.',
        permission: 'enrollment.hasAttended:read',
      },
    },
    source(contact, { isAttended }, page) {
      const [day, id] = [sql`c.starts_on`, sql`c.id`]
      return sql`select c.id, c.starts_on as at from ${enrollmentsOf(contact)}
        and ${isAttended === true ? sql`e.has_attended` : sql`true`} and ${page.within(day, id)} and ${page.isVisible(id)}
        order by ${page.order(day, id)} limit ${page.limit}`
    },
  }),
  badgeName: resolved({
    description: 'Name of the person as printed on a badge.',
    type: 'String',
    needs: ['firstName', 'lastName'],
    resolve: (contacts) =>
      contacts.map(({ firstName, lastName }) => `${firstName ?? ''} ${String(lastName ?? '').toUpperCase()}`.trim()),
  }),
}

export const contactConditions = {
  hasAttended: condition({
    description: 'Whether the person attended a course.',
    type: 'Boolean',
    permission: 'enrollment:read',
    where: (contact) => sql`exists (select from ${enrollmentsOf(contact)} and e.has_attended)`,
  }),
  startsSoon: condition({
    description: 'Whether the person is enrolled in a course of which people are reminded by now.',
    type: 'Boolean',
    permission: 'enrollment:read',
    where(contact) {
      const { remindDaysBefore } = contact.settings(workspaceSettings)
      return sql`exists (select from ${enrollmentsOf(contact)}
        and c.starts_on between ${contact.today} and ${contact.today} + ${remindDaysBefore}::int)`
    },
  }),
  attendedBetween: condition({
    description: 'Whether the person attended a course that began in this period.',
    type: {
      name: 'AttendedBetweenInput',
      description: 'A period.',
      fields: {
        from: { type: 'Date', isRequired: true, description: 'First day.' },
        to: { type: 'Date', description: 'Last day. Default: today.' },
      },
    },
    permission: 'enrollment:read',
    where: (contact, { from, to }) => sql`exists (select from ${enrollmentsOf(contact)} and e.has_attended
      and c.starts_on between ${from}::date and coalesce(${to ?? null}::date, ${contact.today}))`,
  }),
  enrolledSince: condition({
    description: 'Whether the person is enrolled in a course that begins on this day or later.',
    type: 'Date',
    permission: 'enrollment:read',
    where: (contact, day) => sql`exists (select from ${enrollmentsOf(contact)} and c.starts_on >= ${day}::date)`,
  }),
}
