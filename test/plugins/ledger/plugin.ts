import { sql } from '../../../src/platform/data/sql.ts'
import type { Plugin } from '../../../src/platform/declare/plugin.ts'
import type { PluginContext } from '../../../src/platform/declare/plugin-context.ts'
import { decodeId } from '../../../src/platform/declare/record-id.ts'
import { defineOperation } from '../../../src/platform/declare/rules/operation.ts'
import { at } from '../../../src/testing/answers.ts'
import type { TestClient } from '../../../src/testing/client.ts'
import { testPlugin, testRule } from '../guarded-plugin.ts'

/** Code of a test that the operation of the plugin runs. */
export type Deed = (context: PluginContext) => Promise<unknown>

let deed: Deed = async () => null

/** An operation that runs the code of the test and returns its result as JSON. */
function doing(name: string): NonNullable<Plugin['operations']>[number] {
  return defineOperation({
    name,
    description: 'Does what the test says.',
    input: { note: { type: 'String', description: 'Anything.' } },
    payload: { answer: { type: 'JSON', isNullable: true, description: 'What came of it.' } },
    permission: null,
    run: async (_input, context) => ({ values: { answer: await deed(context) }, userErrors: [] }),
  })
}

/** A plugin with a table, an operation that runs code of a test, and rules that misbehave for certain account names. */
export const ledger = testPlugin('ledger', {
  permissions: ['account:*', 'contact:read', 'task:create', 'task:update', 'interaction:create', 'apiKey:read'],
  reads: ['contacts'],
  operations: [doing('doLedger')],
  rules: [
    testRule('ledger.again', {
      async after(write, { records }) {
        if (write.values['name'] === 'Again') await records.create('Account', { name: 'Again' })
      },
    }),
    testRule('ledger.looks', {
      async before(write, { records, transaction }) {
        if (write.values['name'] === 'Writes before') await records.create('Account', { name: 'Other' })
        if (write.values['name'] === 'Sends before')
          await transaction.query(sql`delete from ledger_lines where workspace_id = ${transaction.workspaceId}::uuid`)
        return undefined
      },
    }),
    testRule('ledger.floats', {
      after(write, { records }) {
        if (write.values['name'] === 'Floats') void records.create('Account', { name: 'Never' }).catch(() => undefined)
      },
    }),
    testRule('ledger.refuses', {
      before: ({ values }) =>
        values['name'] === 'Refused'
          ? {
              refusals: [{ typename: 'RuleViolation', code: 'NO', message: 'No.', path: ['input', 'name'], rule: 'x' }],
            }
          : undefined,
    }),
  ],
})

/** Another plugin, whose rule fails on a write of `ledger`. */
export const other = testPlugin('other', {
  rules: [
    testRule('other.fails', {
      before({ values }) {
        if (values['name'] === 'Other fails') throw new Error('Inside.')
        return undefined
      },
    }),
  ],
})

/** Runs code of a test in the plugin's operation for a client. */
export async function doIt(client: TestClient<unknown>, what: Deed) {
  deed = what
  const { data, errors } = await client.query('mutation { doLedger(input: {}) { answer userErrors { code message } } }')
  return { answer: at(data, 'doLedger.answer'), errors }
}

/** The uuid in a record id. */
export const uuidOf = ({ id }: { readonly id: string }) => decodeId(id)?.uuid ?? ''

/** Inserts a row into the plugin's table with an SQL statement. */
export const insertLine = ({ transaction }: PluginContext, text: string) =>
  transaction.query(
    sql`insert into ledger_lines (workspace_id, id, text) values (${transaction.workspaceId}::uuid, gen_random_uuid(), ${text})`,
  )
