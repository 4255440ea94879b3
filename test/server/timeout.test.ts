import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorCodes } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

describe('a request whose SQL statement takes too long', () => {
  it('gets the error QUERY_TOO_COMPLEX when PostgreSQL cancels the statement, and can be sent again', async () => {
    const { ownerPool } = app.database
    const lock = await ownerPool.connect()
    try {
      await lock.query('begin')
      await lock.query('lock table accounts in access exclusive mode')
      const cut = setInterval(
        () =>
          ownerPool.query(
            `select pg_cancel_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
          ),
        200,
      )
      const answer = await app.as('reader').query('{ accounts { totalCount } }')
      clearInterval(cut)
      expect(errorCodes(answer)).toEqual(['QUERY_TOO_COMPLEX'])
      await lock.query('rollback')
      expect(errorCodes(await app.as('reader').query('{ accounts { totalCount } }'))).toEqual([])
    } finally {
      lock.release(true)
    }
  })
})
