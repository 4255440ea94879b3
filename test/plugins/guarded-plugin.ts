import { fileURLToPath } from 'node:url'
import { definePlugin, type Plugin } from '../../src/platform/declare/plugin.ts'
import type { RecordRule } from '../../src/platform/declare/rules/rule.ts'
import { at } from '../../src/testing/answers.ts'
import type { TestClient } from '../../src/testing/client.ts'
import type { TestApp } from '../support/app.ts'

/** A plugin for a test with the given parts. */
export function testPlugin(id: string, parts: Partial<Plugin> = {}): Plugin {
  return definePlugin({ id, description: 'A plugin of a test.', version: '1.0.0', api: '^1.0.0', ...parts })
}

/** A rule for a test. */
export function testRule(name: string, parts: Partial<RecordRule> = {}): RecordRule {
  return { name, description: 'A rule of a test.', object: 'Account', on: ['create'], ...parts }
}

/** Folder of the models and migrations of the plugin `ledger`, which has the table `ledger_lines`. */
export const LEDGER = fileURLToPath(new URL('./ledger', import.meta.url))

const CREATE = `mutation ($input: CreateAccountInput!) {
  createAccount(input: $input) { account { id version name industry } userErrors { __typename code message path } }
}`

/** Sends `createAccount` and returns the account, the user errors and the errors. */
export async function tryAccount(client: TestClient, input: Readonly<Record<string, unknown>>) {
  const { data, errors } = await client.query(CREATE, { input })
  return { account: at(data, 'createAccount.account'), userErrors: at(data, 'createAccount.userErrors'), errors }
}

/** Returns the plugin's activation in the workspace of the client. */
export async function activationOf(app: TestApp, client: TestClient, pluginId: string) {
  const { rows } = await app.database.ownerPool.query<{
    id: string
    strikes: number
    isEnabled: boolean
    isQuarantined: boolean
    reason: string | null
  }>(
    `select id, strikes, is_enabled as "isEnabled", quarantined_at is not null as "isQuarantined",
            quarantine_reason as reason
     from plugin_activations where workspace_id = $1 and plugin_id = $2`,
    [client.actor?.workspaceId, pluginId],
  )
  const [activation] = rows
  if (!activation) throw new Error(`The workspace has no activation of ${pluginId}.`)
  return activation
}

/** Resets the strikes and the quarantine of all plugins, so that one test does not affect the next. */
export async function forgetStrikes(app: TestApp): Promise<void> {
  await app.database.ownerPool.query(
    'update plugin_activations set strikes = 0, quarantined_at = null, quarantine_reason = null',
  )
}

export async function countOf(app: TestApp, table: string): Promise<number> {
  const { rows } = await app.database.ownerPool.query<{ count: number }>(
    `select count(*)::int as count from "${table}"`,
  )
  return rows[0]?.count ?? -1
}
