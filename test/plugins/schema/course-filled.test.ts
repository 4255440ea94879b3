import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import courses from '../../../examples/courses/plugin.ts'
import { at, textAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { logEnd, logSettled } from '../../support/log.ts'
import { addContact, addRecord } from '../../support/records.ts'
import { openStream } from '../../support/sse.ts'

let app: TestApp
beforeAll(async () => {
  const directory = join(import.meta.dirname, '../../../examples/courses')
  app = await createTestApp({ plugins: [{ plugin: courses, directory }] })
})
afterAll(() => app.close())

const FILLED =
  'subscription ($courseId: ID, $after: String) { courseFilled(courseId: $courseId, after: $after) { cursor value { id title places { taken } } } }'

async function enroll(course: { readonly id: string }): Promise<void> {
  const contact = await addContact(app.as('member'), { firstName: 'Ada', lastName: 'Lovelace' })
  await addRecord(app.as('member'), 'Enrollment', { courseId: course.id, contactId: contact.id })
}

it('courseFilled sends one event when a course gets full, and the same events to a client that resumes', async () => {
  const member = app.as('member')
  const small = await addRecord(member, 'Course', { title: 'Small', startsOn: '2026-03-03', capacity: 2 })
  const tiny = await addRecord(member, 'Course', { title: 'Tiny', startsOn: '2026-03-04', capacity: 1 })
  await logSettled(app)
  const after = await logEnd(app)
  const stream = await openStream(app, app.as('reader'), FILLED, { after })
  await enroll(small)
  await enroll(tiny)
  await enroll(small)
  const events = [await stream.next(), await stream.next()]
  stream.close()
  const value = (course: { readonly id: string }, title: string, taken: number) => ({
    id: course.id,
    title,
    places: { taken },
  })
  expect(events.map((event) => at(event, 'data.courseFilled.value'))).toEqual([
    value(tiny, 'Tiny', 1),
    value(small, 'Small', 2),
  ])
  const resumed = await openStream(app, app.as('reader'), FILLED, {
    after: textAt(events[0], 'data.courseFilled.cursor'),
  })
  expect(await resumed.next()).toEqual(events[1])
  resumed.close()
  const one = await openStream(app, app.as('reader'), FILLED, { after, courseId: small.id })
  expect(await one.next()).toEqual(events[1])
  one.close()
})
