import {
  at,
  createPluginTestApp,
  listAt,
  type PluginTestApp,
  refusals,
  signBody,
  textAt,
  textsAt,
} from 'rapport/plugin/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import plugin from '../plugin.ts'
import { receiveBooking } from '../routes.ts'

let app: PluginTestApp
beforeAll(async () => {
  const directory = `${import.meta.dirname}/..`
  app = await createPluginTestApp({ plugins: [{ plugin, directory }], now: new Date('2026-03-01T08:00:00Z') })
})
afterAll(() => app.close())

async function createPerson(lastName: string): Promise<string> {
  const document = 'mutation ($input: CreateContactInput!) { createContact(input: $input) { contact { id } } }'
  const data = await app.as('member').must(document, { input: { firstName: 'Ada', lastName } })
  return textAt(data, 'createContact.contact.id')
}

async function createCourse(input: object): Promise<string> {
  const document = 'mutation ($input: CreateCourseInput!) { createCourse(input: $input) { course { id title } } }'
  const data = await app
    .as('member')
    .must(document, { input: { title: 'First  aid', startsOn: '2026-03-03', ...input } })
  return textAt(data, 'createCourse.course.id')
}

const takeOver = `mutation ($bookings: [CourseBookingInput!]!) {
  takeOverBookings(input: { bookings: $bookings }) { enrollments { bookingCode } userErrors { __typename code path } }
}`

describe('the plugin courses', () => {
  it('enrolls people from bookings, once for a booking that is sent again, and refuses a booking when the course is full', async () => {
    const [ada, bob, courseId] = [
      await createPerson('Lovelace'),
      await createPerson('Byron'),
      await createCourse({ capacity: 1 }),
    ]
    const bookings = [{ bookingCode: 'B1', courseId, contactId: ada }]
    const written = { takeOverBookings: { enrollments: [{ bookingCode: 'B1' }], userErrors: [] } }
    expect(await app.as('member').must(takeOver, { bookings })).toEqual(written)
    expect(await app.as('member').must(takeOver, { bookings })).toEqual(written)
    const full = await app.as('member').must(takeOver, {
      bookings: [...bookings, { bookingCode: 'B2', courseId, contactId: bob }],
    })
    expect(listAt(full, 'takeOverBookings.userErrors')).toEqual([
      { __typename: 'CourseFullError', code: 'COURSE_FULL', path: ['input', 'bookings', '1', 'courseId'] },
    ])
  })

  it('returns the courses of a contact, and finds contacts by the day of an enrollment and by attendance', async () => {
    const [contactId, courseId] = [await createPerson('Hopper'), await createCourse({})]
    const bookings = [{ bookingCode: 'B3', courseId, contactId }]
    await app.as('member').must(takeOver, { bookings })
    const query = `query ($id: ID!) {
      contact(id: $id) {
        badgeName coursesAttended coursesByYear { year courseCount }
        courseHistory(isAttended: false) { nodes { title places { taken } } }
      }
      contacts(filter: { enrolledSince: "2026-03-01", hasAttended: false }) { nodes { lastName } }
      soon: contacts(filter: { startsSoon: true }) { nodes { lastName } }
    }`
    const read = await app.as('reader').must(query, { id: contactId })
    expect(at(read, 'contact')).toEqual({
      badgeName: 'Ada HOPPER',
      coursesAttended: 0,
      coursesByYear: [{ year: 2026, courseCount: 1 }],
      courseHistory: { nodes: [{ title: 'First aid', places: { taken: 1 } }] },
    })
    expect(textsAt(read, 'contacts.nodes', 'lastName')).toContain('Hopper')
    expect(textsAt(read, 'soon.nodes', 'lastName')).toContain('Hopper')
  })

  it('creates reminder tasks only once when the job runs twice, and one feedback task after a person attended', async () => {
    const count = async (title: string) => {
      const read = await app.as('reader').must('{ tasks(first: 100) { nodes { title } } }')
      return textsAt(read, 'tasks.nodes', 'title').filter((taskTitle) => taskTitle === title).length
    }
    const [contactId, courseId] = [await createPerson('Noether'), await createCourse({ startsOn: '2026-02-20' })]
    await app.as('member').must(takeOver, { bookings: [{ bookingCode: 'B4', courseId, contactId }] })
    await app.runJob('courses.remind')
    const reminded = await count('Remind of the course')
    expect(reminded).toBeGreaterThan(0)
    app.clock.advance(86_400_000)
    await app.runJob('courses.remind')
    expect(await count('Remind of the course')).toBe(reminded)

    const enrollment = await app
      .as('member')
      .must(`{ enrollments(filter: { bookingCode: { equals: "B4" } }) { nodes { id version } } }`)
    const [id, version] = [textAt(enrollment, 'enrollments.nodes.0.id'), at(enrollment, 'enrollments.nodes.0.version')]
    const markAttended = `mutation ($id: ID!, $version: Int!) {
      updateEnrollment(input: { id: $id, version: $version, hasAttended: true }) { userErrors { message } }
    }`
    await app.as('member').must(markAttended, { id, version })
    await app.deliver()
    expect(await count('Ask how the course was')).toBe(1)
    expect(await app.changes()).toContainEqual({
      type: 'Enrollment',
      operation: 'UPDATED',
      recordId: id,
      changedFields: ['hasAttended'],
    })
  })

  it('enrolls a person once for a signed booking that is sent twice, and refuses a booking with a wrong signature', async () => {
    const setSecret = `mutation ($secrets: JSON) {
      updatePluginSettings(input: { pluginId: "courses", secrets: $secrets }) { userErrors { message } }
    }`
    await app.as('admin').must(setSecret, { secrets: { bookingSignature: 'open sesame' } })
    const [contactId, courseId] = [await createPerson('Franklin'), await createCourse({})]
    const body = JSON.stringify({ bookingCode: 'B5', courseId, contactId })
    const headers = { 'x-booking-event': 'event-1', ...signBody(receiveBooking.verify, 'open sesame', body) }
    const first = await app.send('courses.receiveBooking', { body, headers })
    expect(first).toMatchObject({ status: 200, json: { enrollmentId: expect.any(String) } })
    expect(await app.send('courses.receiveBooking', { body, headers })).toMatchObject({ status: 200, json: first.json })
    const forged = { ...headers, ...signBody(receiveBooking.verify, 'guess', body) }
    expect(await app.send('courses.receiveBooking', { body, headers: forged })).toMatchObject({ status: 401 })
    const read = await app
      .as('reader')
      .must('{ enrollments(filter: { bookingCode: { equals: "B5" } }) { nodes { contact { lastName } } } }')
    expect(at(read, 'enrollments.nodes')).toEqual([{ contact: { lastName: 'Franklin' } }])
  })

  it('adds up the fees of the courses that a person attended, by currency and since a day', async () => {
    const contactId = await createPerson('Franklin')
    for (const [index, startsOn] of ['2026-01-10', '2026-02-10'].entries()) {
      const courseId = await createCourse({ startsOn, fee: { amount: '80.5', currency: 'EUR' } })
      const attended = `mutation ($input: CreateEnrollmentInput!) { createEnrollment(input: $input) { userErrors { message } } }`
      const input = { courseId, contactId, bookingCode: `F${index}`, hasAttended: true }
      expect(await app.as('member').must(attended, { input })).toEqual({ createEnrollment: { userErrors: [] } })
    }
    const query = `query ($id: ID!) { contact(id: $id) {
      all: courseFees(currency: EUR) { amount currency }
      latest: courseFees(currency: EUR, since: "2026-02-01") { amount }
      dollars: courseFees(currency: USD) { amount }
    }
    attended: contacts(filter: { lastName: { equals: "Franklin" }, attendedBetween: { from: "2026-02-01" } }) { nodes { lastName } }
    before: contacts(filter: { attendedBetween: { from: "2025-01-01", to: "2025-12-31" } }) { totalCount } }`
    expect(await app.as('reader').must(query, { id: contactId })).toEqual({
      contact: { all: { amount: '161.00', currency: 'EUR' }, latest: { amount: '80.50' }, dollars: null },
      attended: { nodes: [{ lastName: 'Franklin' }] },
      before: { totalCount: 0 },
    })
  })

  it('refuses a second course at a venue on the same day, until the first one is cancelled', async () => {
    const venue = await app.as('member').must('mutation { createAccount(input: { name: "Hall" }) { account { id } } }')
    const input = { venueId: textAt(venue, 'createAccount.account.id'), startsOn: '2026-07-01', title: 'Rescue' }
    const create = `mutation ($input: CreateCourseInput!) {
      createCourse(input: $input) { course { id } userErrors { code message path } }
    }`
    const first = await app.as('member').must(create, { input })
    expect(at(await app.as('member').must(create, { input }), 'createCourse')).toEqual({
      course: null,
      userErrors: [
        {
          code: 'DUPLICATE',
          message: 'Another course takes place there on that day.',
          path: ['input', 'venueId'],
        },
      ],
    })
    const cancel = 'mutation ($id: ID!) { cancelCourse(input: { id: $id, version: 1 }) { userErrors { code } } }'
    await app.as('member').must(cancel, { id: textAt(first, 'createCourse.course.id') })
    expect(at(await app.as('member').must(create, { input }), 'createCourse.userErrors')).toEqual([])
  })

  it('cancels a course, and refuses to cancel it again', async () => {
    const id = await createCourse({})
    const cancel = `mutation ($id: ID!, $version: Int!) {
      cancelCourse(input: { id: $id, version: $version }) { course { status } userErrors { code } }
    }`
    const cancelled = { cancelCourse: { course: { status: 'CANCELLED' }, userErrors: [] } }
    expect(await app.as('member').must(cancel, { id, version: 1 })).toEqual(cancelled)
    expect(refusals(await app.as('member').must(cancel, { id, version: 2 }), 'cancelCourse')).toEqual([
      'RULE_VIOLATION',
    ])
  })

  it('adds up the fees of planned courses in courseFees', async () => {
    for (const [amount, currency] of [
      ['10.10', 'NOK'],
      ['0.20', 'NOK'],
      ['5', 'CHF'],
    ])
      await createCourse({ startsOn: '2026-07-01', fee: { amount, currency } })
    expect(await app.as('reader').must('{ courseFees { currency total courseCount } }')).toEqual({
      courseFees: expect.arrayContaining([
        { currency: 'CHF', total: '5.00', courseCount: 1 },
        { currency: 'NOK', total: '10.30', courseCount: 2 },
      ]),
    })
  })

  it('returns the days with sessions in courseCalendar, and adds webinars as a variant of Interaction', async () => {
    const courseId = await createCourse({ startsOn: '2026-06-01', sessions: [{ startsAt: '2026-06-01T09:00:00Z' }] })
    const calendar = '{ courseCalendar(from: "2026-06-01", to: "2026-06-30") { day courses { title } } }'
    expect(await app.as('reader').must(calendar)).toEqual({
      courseCalendar: [{ day: '2026-06-01', courses: [{ title: 'First aid' }] }],
    })
    const log = `mutation ($webinar: LogWebinarInput!) {
      logInteraction(input: { webinar: $webinar }) {
        interaction { __typename ... on Webinar { minutes course { title } } }
        userErrors { message }
      }
    }`
    const webinar = {
      occurredAt: '2026-06-01T09:00:00Z',
      courseId,
      minutes: 45,
      participants: [{ role: 'ATTENDEE', contactId: await createPerson('Curie') }],
    }
    expect(await app.as('member').must(log, { webinar })).toEqual({
      logInteraction: {
        interaction: { __typename: 'Webinar', minutes: 45, course: { title: 'First aid' } },
        userErrors: [],
      },
    })
  })
})
