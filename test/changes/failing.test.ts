import { afterAll, beforeAll, expect, it } from 'vitest'
import { at } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { openStream } from '../support/sse.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

it('a stream that fails ends with an INTERNAL error that contains no message of the database', async () => {
  await app.database.ownerPool.query('alter table changes rename column at to happened')
  const stream = await openStream(app, app.as('reader'), 'subscription { changes { at } }')
  const last = await stream.next()
  expect(at(last, 'errors.0.extensions.code')).toBe('INTERNAL')
  expect(at(last, 'errors.0.message')).toMatch(/^The server failed\. Report the request id /)
  expect(JSON.stringify(last)).not.toContain('does not exist')
  await stream.ended
})
