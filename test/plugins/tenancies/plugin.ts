import { fileURLToPath } from 'node:url'
import type { ObjectDeclaration } from '../../../src/platform/declare/objects/object.ts'
import type { Plugin } from '../../../src/platform/declare/plugin.ts'
import type { PluginContext } from '../../../src/platform/declare/plugin-context.ts'
import { defineOperation } from '../../../src/platform/declare/rules/operation.ts'
import { at } from '../../../src/testing/answers.ts'
import type { TestClient } from '../../../src/testing/client.ts'
import { testPlugin } from '../guarded-plugin.ts'

/** Folder of the models and migrations of the plugin `tenancies`. */
export const TENANCIES = fileURLToPath(new URL('.', import.meta.url))

/** Code of a test that runs as code of the plugin. */
type TenancyCode = (context: PluginContext) => Promise<unknown>

const codes = new Map<string, TenancyCode>()

const writes = ['create', 'update', 'delete', 'restore'] as const
const manager = { object: 'User' }

/** The declaration of tenancies, for tests that change it. */
export const tenancy: ObjectDeclaration = {
  model: 'Tenancy',
  prefix: 'tenancy',
  plural: 'tenancies',
  columns: { number: {} },
  relations: { manager, team: {} },
  ownedBy: 'manager',
  writes,
}

/** The declaration of payments, which are owned through their tenancy, for tests that change it. */
export const rentPayment: ObjectDeclaration = {
  model: 'RentPayment',
  prefix: 'rent',
  plural: 'rentPayments',
  columns: { number: {} },
  relations: { tenancy: {} },
  ownedBy: 'tenancy.manager',
  teamBy: 'tenancy.team',
  writes,
}

/** The declaration of deposits, which are compared with payments. */
export const deposit: ObjectDeclaration = {
  model: 'Deposit',
  prefix: 'deposit',
  plural: 'deposits',
  columns: { number: {} },
  relations: { manager, team: {} },
  ownedBy: 'manager',
  writes,
}

/**
 * The plugin `tenancies`: its payments are owned through a relation, its deposits have an owner of their own. Its
 * operation runs code of a test with the plugin's context.
 */
export const tenanciesPlugin = (parts: Partial<Plugin> = {}): Plugin =>
  testPlugin('tenancies', {
    permissions: ['tenancy:*', 'rentPayment:*', 'deposit:*', 'user:read', 'team:read'],
    objects: [tenancy, rentPayment, deposit],
    operations: [
      defineOperation({
        name: 'runTenancies',
        description: 'Runs code of a test.',
        input: { code: { type: 'String', isRequired: true, description: 'Which code.' } },
        payload: { answer: { type: 'JSON', isNullable: true, description: 'What the code returned.' } },
        permission: null,
        run: async ({ code }, context) => ({ values: { answer: await codes.get(code)?.(context) }, userErrors: [] }),
      }),
    ],
    ...parts,
  })

/** Runs code of a test in the plugin's operation, for a caller. */
export async function runTenancies(client: Pick<TestClient<unknown>, 'must'>, code: TenancyCode): Promise<unknown> {
  const name = `code ${codes.size}`
  codes.set(name, code)
  const data = await client.must(
    'mutation ($code: String!) { runTenancies(input: { code: $code }) { answer userErrors { code } } }',
    { code: name },
  )
  return at(data, 'runTenancies.answer')
}
