import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { defineHandler } from '../../../src/platform/declare/handler.ts'
import { defineJob } from '../../../src/platform/declare/job.ts'
import type { PluginContext } from '../../../src/platform/declare/plugin-context.ts'
import type { PluginPrisma } from '../../../src/platform/declare/plugin-prisma.ts'
import { defineQuery } from '../../../src/platform/declare/query.ts'
import { defineOperation } from '../../../src/platform/declare/rules/operation.ts'
import { ruleViolation } from '../../../src/platform/declare/rules/user-errors.ts'
import { at } from '../../../src/testing/answers.ts'
import type { TestClient } from '../../../src/testing/client.ts'
import type { TestApp, TestWorkspace } from '../../support/app.ts'
import { testPlugin, testRule } from '../guarded-plugin.ts'

/** Folder of the models and migrations of the plugin `tally`. */
export const TALLY = fileURLToPath(new URL('.', import.meta.url))

/** Code of a test that a part of the plugin runs. */
export type Deed = (context: PluginContext) => Promise<unknown>

const deeds = new Map<string, Deed>()

/** Stores code of a test and returns the name by which the parts of the plugin find it. */
export function deedNamed(deed: Deed): string {
  const name = `deed ${deeds.size}`
  deeds.set(name, deed)
  return name
}

/** A row of the plugin's own table. */
export interface Entry {
  readonly id: string
  readonly code: string
  readonly count: number
}

interface EntryData {
  readonly workspaceId: string
  readonly id: string
  readonly code: string
  readonly count?: number
  readonly TallyMark_entry?: { readonly create: readonly { readonly id: string; readonly note: string }[] }
}

type Where = Readonly<Record<string, unknown>>

/** The functions of a model that the tests call. Models of a test's plugin have no generated types. */
export interface Entries {
  findUnique(args: { readonly where: Where }): Promise<Entry | null>
  findMany(args?: { readonly where?: Where; readonly orderBy?: object; readonly include?: object }): Promise<Entry[]>
  count(args?: { readonly where?: Where }): Promise<number>
  create(args: { readonly data: EntryData }): Promise<Entry>
  createMany(args: { readonly data: readonly EntryData[] }): Promise<{ readonly count: number }>
  update(args: { readonly where: Where; readonly data: object }): Promise<Entry>
  updateMany(args: { readonly where: Where; readonly data: object }): Promise<{ readonly count: number }>
  deleteMany(args: { readonly where: Where }): Promise<{ readonly count: number }>
}

/** Returns `prisma.tallyEntry`, or the same functions of another model. */
export function modelOf(prisma: PluginPrisma, model = 'tallyEntry'): Entries {
  return Reflect.get(prisma, model)
}

/** Creates a row of the plugin's own table by Prisma. */
export function createEntry({ prisma, transaction, newId }: PluginContext, code: string): Promise<Entry> {
  return modelOf(prisma).create({ data: { workspaceId: transaction.workspaceId, id: newId(), code } })
}

/** Runs the code that is stored under the name of the account that is written. */
const ofAccount = (position: 'before' | 'after') =>
  testRule(`tally.${position}`, {
    budgetMs: 5_000,
    async [position](write: { readonly values: Readonly<Record<string, unknown>> }, context: PluginContext) {
      const name = String(write.values['name'])
      if (name.startsWith(position)) await deeds.get(name.slice(position.length + 1))?.(context)
    },
  })

/** A plugin with tables of its own, each of whose parts runs code of a test. */
export const tally = testPlugin('tally', {
  permissions: ['account:*', 'contact:read'],
  operations: [
    defineOperation({
      name: 'doTally',
      description: 'Does what the test says.',
      input: {
        deed: { type: 'String', isRequired: true, description: 'Which.' },
        isRefused: { type: 'Boolean', description: 'Whether to return a user error.' },
      },
      payload: { answer: { type: 'JSON', isNullable: true, description: 'What came of it.' } },
      permission: null,
      run: async ({ deed, isRefused }, context) => ({
        values: { answer: await deeds.get(deed)?.(context) },
        userErrors: isRefused ? [ruleViolation('tally.refused', null, 'No.')] : [],
      }),
    }),
  ],
  queries: [
    defineQuery({
      name: 'askTally',
      description: 'Answers what the test says.',
      permission: 'account:read',
      args: { deed: { type: 'String', isRequired: true, description: 'Which.' } },
      answer: { type: 'JSON' },
      run: async ({ deed }, context) => deeds.get(deed)?.(context),
    }),
  ],
  rules: [ofAccount('before'), ofAccount('after')],
  handlers: [
    defineHandler({
      name: 'tally.heard',
      description: 'Does what the description of the account says.',
      on: { types: ['Account'], operations: ['CREATED'] },
      async handle({ recordId }, context) {
        const account = await context.records.get('Account', recordId)
        await deeds.get(String(account?.['description']))?.(context)
      },
    }),
  ],
  jobs: [
    defineJob({
      name: 'tally.work',
      description: 'Does what the test says.',
      payload: z.object({ deed: z.string() }),
      run: async ({ deed }, context) => void (await deeds.get(deed)?.(context)),
    }),
  ],
})

/** Runs code of a test in the plugin's operation for a client. */
export async function doTally(client: TestClient<unknown>, deed: Deed, isRefused = false) {
  const { data, errors } = await client.query(
    'mutation ($deed: String!, $isRefused: Boolean) { doTally(input: { deed: $deed, isRefused: $isRefused }) { answer userErrors { code } } }',
    { deed: deedNamed(deed), isRefused },
  )
  return { answer: at(data, 'doTally.answer'), userErrors: at(data, 'doTally.userErrors'), errors }
}

/** Runs code of a test in the plugin's query for a client. */
export async function askTally(client: TestClient<unknown>, deed: Deed) {
  const { data, errors } = await client.query('query ($deed: String!) { askTally(deed: $deed) }', {
    deed: deedNamed(deed),
  })
  return { answer: at(data, 'askTally'), errors }
}

/** Creates an account in whose rule before or after the write the code of a test runs. */
export async function createAccountWith(client: TestClient<unknown>, position: 'before' | 'after', deed: Deed) {
  const { data, errors } = await client.query(
    'mutation ($name: String!) { createAccount(input: { name: $name }) { account { id } userErrors { code message } } }',
    { name: `${position} ${deedNamed(deed)}` },
  )
  return { account: at(data, 'createAccount.account'), errors }
}

/** The codes of the committed rows of the plugin's own table that begin with a text, sorted. */
export async function codesOf(app: TestApp, start: string, workspace: TestWorkspace = 'acme') {
  const { answer } = await askTally(app.as('admin', workspace), async ({ prisma }) => {
    const entries = await modelOf(prisma).findMany({ where: { code: { startsWith: start } }, orderBy: { code: 'asc' } })
    return entries.map(({ code }) => code)
  })
  return answer
}
