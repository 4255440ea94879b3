import { fileURLToPath } from 'node:url'
import { defineHandler } from '../../../src/platform/declare/handler.ts'
import { items } from '../../../src/platform/declare/objects/fields.ts'
import type { ObjectDeclaration } from '../../../src/platform/declare/objects/object.ts'
import type { Plugin } from '../../../src/platform/declare/plugin.ts'
import type { PluginContext } from '../../../src/platform/declare/plugin-context.ts'
import { defineOperation } from '../../../src/platform/declare/rules/operation.ts'
import { at } from '../../../src/testing/answers.ts'
import type { TestClient } from '../../../src/testing/client.ts'
import { testPlugin } from '../guarded-plugin.ts'

/** Folder of the models and migrations of the plugin `leases`. */
export const LEASES = fileURLToPath(new URL('.', import.meta.url))

/** Code of a test that runs as code of the plugin. */
export type LeasesCode = (context: PluginContext) => Promise<unknown>

const codes = new Map<string, LeasesCode>()
const handled: unknown[] = []

const lease: ObjectDeclaration = {
  model: 'Lease',
  prefix: 'lease',
  plural: 'leases',
  naturalKey: ['number'],
  columns: { number: {}, rent: { sensitive: true } },
  relations: { account: {}, owner: { object: 'User' } },
  fields: {
    tenants: items({
      description: 'People who live in the flat.',
      item: { model: 'LeaseTenant', columns: { name: {} } },
      by: 'lease',
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
}

/** The plugin `leases`, whose operation runs code of a test with the plugin's context. */
export const leasesPlugin = (parts: Partial<Plugin> = {}): Plugin =>
  testPlugin('leases', {
    permissions: ['lease:*', 'account:read', 'contact:read'],
    reads: ['accounts', 'contacts', 'contact_emails', 'account_contacts', 'audit_seals'],
    objects: [lease],
    operations: [
      defineOperation({
        name: 'runLeases',
        description: 'Runs code of a test.',
        input: { code: { type: 'String', isRequired: true, description: 'Which code.' } },
        payload: { answer: { type: 'JSON', isNullable: true, description: 'What the code returned.' } },
        permission: null,
        run: async ({ code }, context) => ({ values: { answer: await codes.get(code)?.(context) }, userErrors: [] }),
      }),
    ],
    handlers: [
      defineHandler({
        name: 'leases.number',
        description: 'Collects the numbers of all leases.',
        on: { types: ['Lease'], operations: ['CREATED'] },
        handle: async (_change, context) => void handled.push(await codes.get('handler')?.(context)),
      }),
    ],
    ...parts,
  })

/** Runs code of a test in the plugin's operation, for a caller. */
export async function runLeases(client: Pick<TestClient<unknown>, 'query'>, code: LeasesCode) {
  const name = `code ${codes.size}`
  codes.set(name, code)
  const { data, errors } = await client.query(
    'mutation ($code: String!) { runLeases(input: { code: $code }) { answer userErrors { code } } }',
    { code: name },
  )
  return { answer: at(data, 'runLeases.answer'), errors }
}

/** Sets the code that the plugin's handler runs. Returns what it has returned since. */
export function handleLeases(code: LeasesCode): readonly unknown[] {
  codes.set('handler', code)
  handled.splice(0)
  return handled
}
