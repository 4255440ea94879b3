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

/** A logger whose lines a test reads. */
function listeningLog() {
  const lines: unknown[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  return { lines, log: pino({ level: 'info' }, sink) }
}

describe('a running server', () => {
  it('seals the audit in the background, also beside another server, and logs the hash of the newest seal', async () => {
    const { lines, log } = listeningLog()
    const servers = await Promise.all([1, 2].map(() => createApp({ databaseUrl: app.databaseUrl, log })))
    try {
      for (const server of servers) server.startBackground()
      for (let index = 0; index < 3; index++) await addAccount(app.as('member'), { name: `Kept ${index}` })
      await vi.waitFor(
        async () => {
          const found = await verified(app.database.ownerPool, { workspace: 'acme' })
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
    const kept = await verified(app.database.ownerPool, { expect: String(at(told, 'hash')) })
    expect(kept.get('acme')?.expectedSeal).toBe(at(told, 'seal'))
  })

  it('logs one error when a seal that the server created has been deleted', async () => {
    const { lines, log } = listeningLog()
    const { ownerPool } = app.database
    const { workspaceId } = app.as('admin').actor
    const server = await createApp({ databaseUrl: app.databaseUrl, log })
    try {
      server.startBackground()
      const sealed = async () => {
        const found = await verified(ownerPool, { workspace: 'acme' })
        expect(found.get('acme')).toMatchObject({ unsealed: 0, fault: null })
      }
      await addAccount(app.as('member'), { name: 'Sealed' })
      await vi.waitFor(sealed, { timeout: 20_000, interval: 100 })
      const errors = () => lines.filter((line) => Number(at(line, 'level')) > 40)
      expect(errors()).toEqual([])
      const { rows } = await ownerPool.query<{ number: number; hash: string }>(
        `delete from audit_seals where workspace_id = $1 returning number, hash`,
        [workspaceId],
      )
      const told = { workspaceId, msg: expect.stringContaining('Run rapport audit verify') }
      const newest = rows.reduce((last, each) => (each.number > last.number ? each : last))
      await vi.waitFor(() => expect(errors()).toMatchObject([{ ...told, seal: newest.number, hash: newest.hash }]), {
        timeout: 20_000,
        interval: 100,
      })
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      expect(errors()).toHaveLength(1)
      expect((await verified(ownerPool)).get('acme')?.unsealed).toBeGreaterThan(0)
    } finally {
      await server.close()
    }
  })
})
