import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { at } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount } from '../support/records.ts'
import { verified } from './audit-database.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

describe('a running server', () => {
  it('seals by itself, one of several at a time, and tells the newest hash', async () => {
    const lines: unknown[] = []
    const sink = new Writable({
      write(chunk, _encoding, done) {
        lines.push(JSON.parse(String(chunk)))
        done()
      },
    })
    const log = pino({ level: 'info' }, sink)
    const servers = await Promise.all([1, 2].map(() => createApp({ databaseUrl: app.databaseUrl, log })))
    try {
      for (const server of servers) server.startBackground()
      for (let index = 0; index < 3; index++) await addAccount(app.as('member'), { name: `Kept ${index}` })
      await vi.waitFor(
        async () => {
          const found = await verified(app.database.owner, { workspace: 'acme' })
          expect(found.get('acme')).toMatchObject({ entries: 3, unsealed: 0, fault: null })
        },
        { timeout: 20_000, interval: 100 },
      )
    } finally {
      for (const server of servers) await server.close()
    }
    const told = lines.find((line) => at(line, 'msg') === 'The audit is sealed up to here')
    expect(told).toMatchObject({
      workspaceId: app.as('admin').actor.workspaceId,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(lines.filter((line) => Number(at(line, 'level')) > 30)).toEqual([])
    const kept = await verified(app.database.owner, { expect: String(at(told, 'hash')) })
    expect(kept.get('acme')?.expectedSeal).toBe(at(told, 'seal'))
  })
})
