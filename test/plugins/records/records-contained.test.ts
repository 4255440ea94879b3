import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../../src/platform/data/sql.ts'
import type { PluginContext } from '../../../src/platform/declare/plugin-context.ts'
import type { RecordValues } from '../../../src/platform/declare/record-types.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { countOf, forgetStrikes, LEDGER, tryAccount } from '../guarded-plugin.ts'
import { type Deed, doIt, insertLine, ledger, other } from '../ledger/plugin.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: ledger, directory: LEDGER }, { plugin: other }] })
})
afterEach(() => forgetStrikes(app))
afterAll(() => app.close())

describe('an operation or rule of a plugin', () => {
  it.each<[string, Deed, RegExp | null]>([
    ['a misspelt field', ({ records }) => records.create<string, RecordValues>('Account', { nmae: 'x' }), null],
    ['a misspelt filter', ({ records }) => records.find('Account', { filter: { nmae: { equals: 'x' } } }), null],
    ['an unknown object', ({ records }) => records.find('Nothing'), null],
    ['an unknown business act', ({ records }) => records.act('nothing', ''), null],
    ['an unknown job', ({ enqueue }) => enqueue('ledger.none'), null],
    ['an unknown secret', ({ secret }) => secret('none'), null],
    ['a statement on a table of core', ({ transaction }) => transaction.query(sql`select * from accounts`), null],
    [
      'a failed statement, even when the plugin catches the error',
      async ({ transaction, records }) => {
        await transaction.query(sql`select nothing from ledger_lines`).catch(() => undefined)
        return records.create('Account', { name: 'Never' }).catch(() => undefined)
      },
      null,
    ],
    [
      'a failure of another plugin, even when the plugin catches the error',
      ({ records }) => records.create('Account', { name: 'Other fails' }).catch(() => undefined),
      /plugin other failed in other\.fails/,
    ],
  ])('fails with PLUGIN_FAILED, and nothing is written, after %s', async (_name, what, named) => {
    const before = [await countOf(app, 'accounts'), await countOf(app, 'changes')]
    const { errors } = await doIt(app.as('admin'), what)
    expect(errors[0]?.extensions).toMatchObject({ code: 'PLUGIN_FAILED' })
    expect(errors[0]?.message).toMatch(named ?? /plugin ledger failed in doLedger/)
    expect([await countOf(app, 'accounts'), await countOf(app, 'changes')]).toEqual(before)
  })

  // Names of accounts: the write of each one makes a rule of the plugin `ledger` misuse records or statements.
  it.each(['Again', 'Writes before', 'Sends before', 'Floats'])(
    'fails with PLUGIN_FAILED, and nothing is written, when a rule misuses its context on the account "%s"',
    async (name) => {
      const before = [await countOf(app, 'accounts'), await countOf(app, 'changes')]
      const { errors } = await tryAccount(app.as('admin'), { name })
      expect(errors[0]?.extensions).toMatchObject({ code: 'PLUGIN_FAILED', plugin: 'ledger' })
      expect([await countOf(app, 'accounts'), await countOf(app, 'changes')]).toEqual(before)
    },
  )

  it('commits its SQL statements when it succeeds, none when it throws, and sends none after its transaction', async () => {
    const client = app.as('admin')
    const before = await countOf(app, 'ledger_lines')
    const { errors } = await doIt(client, async (context) => {
      await insertLine(context, 'Only a line')
      return null
    })
    expect(errors).toEqual([])
    expect(await countOf(app, 'ledger_lines')).toBe(before + 1)
    await doIt(client, async (context) => {
      await insertLine(context, 'Never')
      throw new Error('No.')
    })
    expect(await countOf(app, 'ledger_lines')).toBe(before + 1)
    const late: { context?: PluginContext } = {}
    await doIt(client, async (context) => {
      late.context = context
      return null
    })
    await expect(late.context && insertLine(late.context, 'Too late')).rejects.toThrow(/transaction has ended/)
    expect(await countOf(app, 'ledger_lines')).toBe(before + 1)
  })
})
