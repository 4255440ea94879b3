import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../../src/platform/data/sql.ts'
import type { PluginContext } from '../../../src/platform/declare/plugin-context.ts'
import { deliverAll } from '../../../src/platform/plugins/background/deliver-all.ts'
import { listAt, textAt, textsAt } from '../../../src/testing/answers.ts'
import { userWho } from '../../permissions/people.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { captureLog } from '../../support/captured-log.ts'
import { forgetStrikes } from '../guarded-plugin.ts'
import { handleLeases, LEASES, leasesPlugin, runLeases } from '../leases/plugin.ts'

let app: TestApp
const { log, lines } = captureLog()

beforeAll(async () => {
  // The manifest does not name account:read.
  const plugin = leasesPlugin({ permissions: ['lease:*', 'contact:read'] })
  app = await createTestApp({ plugins: [{ plugin, directory: LEASES }], log })
})
afterEach(() => forgetStrikes(app))
afterAll(() => app.close())

const createLease = (number: string) =>
  app
    .as('admin')
    .must('mutation ($number: String!) { createLease(input: { number: $number, rent: 1 }) { lease { id } } }', {
      number,
    })

/** Reads the numbers of the visible leases, and of all leases with `unrestricted`. */
async function numbers({ transaction, unrestricted, sees }: PluginContext) {
  const workspace = sql`l.workspace_id = ${transaction.workspaceId}::uuid`
  const seen = sql`select l.number from leases_leases l where ${workspace} and ${sees('Lease', sql`l`)} order by 1`
  return {
    seen: await transaction.query(seen),
    seenUnrestricted: await unrestricted.query(seen),
    all: await unrestricted.query(sql`select l.number from leases_leases l where ${workspace} order by 1`),
  }
}

describe('SQL of a plugin', () => {
  it('finds nothing with `sees` for a caller without a permission, and everything with `unrestricted`', async () => {
    await createLease('hidden')
    const { answer, errors } = await runLeases(await userWho(app, ['contact:read']), numbers)
    expect(errors).toEqual([])
    expect(answer).toMatchObject({ seen: [], seenUnrestricted: [] })
    expect(textsAt(answer, 'all', 'number')).toContain('hidden')
  })

  it('finds what the caller may see, as the caller and not as an administrator', async () => {
    const caller = await userWho(app, ['lease:*@own', 'lease:create'])
    await createLease('of the administrator')
    await caller.must('mutation { createLease(input: { number: "own", rent: 2 }) { lease { id } } }')
    const { answer } = await runLeases(caller, numbers)
    expect(answer).toMatchObject({ seen: [{ number: 'own' }], seenUnrestricted: [{ number: 'own' }] })
    expect(textsAt(answer, 'all', 'number')).toEqual(expect.arrayContaining(['of the administrator', 'own']))
  })

  it('is FORBIDDEN, also for an administrator, when the permissions of the plugin lack the permission to read', async () => {
    const { errors } = await runLeases(app.as('admin'), ({ transaction, sees }) =>
      transaction.query(sql`select from accounts a where ${sees('Account', sql`a`)}`),
    )
    expect(errors).toMatchObject([
      {
        message: 'The plugin leases may not do this: its permissions lack account:read.',
        extensions: { code: 'FORBIDDEN', plugin: 'leases', permission: 'account:read' },
      },
    ])
    expect(lines.join()).toContain('account:read')
  })

  it('excludes no soft-deleted record by `sees`', async () => {
    const created = await createLease('deleted')
    const deleted = 'mutation ($id: ID!) { deleteLease(input: { id: $id }) { userErrors { code } } }'
    await app.as('admin').must(deleted, { id: textAt(created, 'createLease.lease.id') })
    const { answer } = await runLeases(app.as('admin'), numbers)
    expect(textsAt(answer, 'seen', 'number')).toContain('deleted')
  })

  it('in a handler needs `sees` too, which is true for what the permissions of the plugin allow', async () => {
    const handled = handleLeases(async (context) => ({
      ...(await numbers(context)),
      refused: await context.transaction.query(sql`select from leases_leases`).catch(({ message }: Error) => message),
    }))
    await createLease('handled')
    await deliverAll({ database: app.database, host: app.host, log })
    const [last] = handled.slice(-1)
    expect(textsAt(last, 'seen', 'number')).toContain('handled')
    expect(listAt(last, 'all')).toEqual(listAt(last, 'seen'))
    expect(last).toMatchObject({ refused: expect.stringContaining("sees('Lease', sql`leases_leases`)") })
  })
})
