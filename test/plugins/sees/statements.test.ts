import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { raw, type Sql, sql } from '../../../src/platform/data/sql.ts'
import type { PluginContext } from '../../../src/platform/declare/plugin-context.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { LEASES, leasesPlugin, runLeases } from '../leases/plugin.ts'
import { type Build, seen, unseen } from './statement-cases.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: leasesPlugin(), directory: LEASES }] })
})
afterAll(() => app.close())

/** Sends a statement of the plugin. Returns the message of the error, or null when the statement was sent. */
async function refusalOf(build: Build, method: 'transaction' | 'unrestricted' = 'transaction'): Promise<unknown> {
  const { answer, errors } = await runLeases(app.as('admin'), (context) =>
    context[method].query(build(context)).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    ),
  )
  expect(errors).toEqual([])
  return answer
}

describe('a statement of `transaction.query`', () => {
  it.each(unseen)('is refused when it reads without `sees`: %s', async (_what, message, build) => {
    expect(await refusalOf(build)).toMatch(/statement of the plugin leases was not sent: /)
    expect(await refusalOf(build)).toMatch(message)
  })

  it.each(seen)('is sent with %s', async (_what, build) => {
    expect(await refusalOf(build)).toBeNull()
  })
})

describe('a statement of `unrestricted.query`', () => {
  it.each(unseen.filter(([what]) => !/renamed|not valid|upsert/.test(what)))(
    'needs no `sees`: %s',
    async (_what, _message, build) => {
      expect(await refusalOf(build, 'unrestricted')).toBeNull()
    },
  )

  it.each([
    ['reads a table that is not under `reads`', /reads tasks of core/, () => sql`select from tasks`],
    ['writes a table of core', /writes contacts/, () => sql`update contacts set last_name = ''`],
    ['reads a closed table', /closed to plugins/, () => sql`select from passwords`],
  ] as const)('is refused when it %s', async (_what, message, build) => {
    expect(await refusalOf(build, 'unrestricted')).toMatch(message)
  })
})

describe('`sees`', () => {
  const where = (condition: Sql) => sql`select from leases_leases l where ${condition}`

  it.each([
    [
      'an object that does not exist',
      /name of an object.*not Flat/,
      ({ sees }: PluginContext) => where(sees('Flat', sql`l`)),
    ],
    [
      'SQL instead of an alias',
      /takes the alias of a table/,
      ({ sees }: PluginContext) => where(sees('Lease', sql`l) or (true`)),
    ],
    [
      'a parameter instead of an alias',
      /takes the alias of a table/,
      ({ sees }: PluginContext) => where(sees('Lease', sql`${'l'}`)),
    ],
    [
      'an alias of the platform',
      /alias sees_1 is for the platform/,
      ({ sees }: PluginContext) => where(sees('Lease', sql`sees_1`)),
    ],
    [
      'an alias that the statement does not have',
      /sees\('Lease', sql`x`\) is used where x names nothing/,
      ({ sees }: PluginContext) => where(sees('Lease', sql`x`)),
    ],
    [
      'an alias of another table',
      /where l is the table leases_leases/,
      ({ sees }: PluginContext) => where(sees('Account', sql`l`)),
    ],
    [
      'an alias of a subquery',
      /where l is not a table of records/,
      ({ sees }: PluginContext) => sql`select from (select) l where ${sees('Lease', sql`l`)}`,
    ],
    [
      'a place in a text',
      /as something else than a condition/,
      ({ sees }: PluginContext) => where(raw(`${sees('Lease', sql`l`).text} or '${sees('Lease', sql`l`).text}' = ''`)),
    ],
    [
      'a place as a name',
      /as something else than a condition/,
      ({ sees }: PluginContext) => sql`select 1 as ${sees('Lease', sql`l`)}`,
    ],
    [
      'a place in a comment',
      /as something else than a condition/,
      ({ sees }: PluginContext) => where(raw(`true /* ${sees('Lease', sql`l`).text} */`)),
    ],
    ['a condition that it did not return', /condition of `sees` of another context/, () => where(raw('"sees:0123"'))],
  ])('is refused with %s', async (_what, message, build) => {
    for (const method of ['transaction', 'unrestricted'] as const) {
      const { answer } = await runLeases(app.as('admin'), async (context) => {
        try {
          return await context[method].query(build(context))
        } catch (error) {
          return error instanceof Error ? error.message : error
        }
      })
      expect(answer).toMatch(message)
    }
  })

  it('does not let a condition of one request into another', async () => {
    const kept: Sql[] = []
    await runLeases(app.as('admin'), async ({ sees }) => void kept.push(sees('Lease', sql`l`)))
    expect(await refusalOf(() => sql`select from leases_leases l where ${kept[0] ?? sql``}`)).toMatch(/another context/)
  })

  it('is checked in the text that is sent, whatever text an object pretends to have', async () => {
    const build = () => Object.assign(sql`select from leases_leases`, {})
    const lying = () => Object.defineProperty(build(), 'text', { value: 'select 1' })
    expect(await refusalOf(lying)).toMatch(/reads leases_leases/)
  })
})
