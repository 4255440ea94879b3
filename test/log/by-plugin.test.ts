import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defineRule } from '../../src/platform/declare/rules/rule.ts'
import { testPlugin } from '../plugins/guarded-plugin.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount } from '../support/records.ts'

/** Creates a contact and a task for every new account. */
const first = testPlugin('first', {
  permissions: ['contact:create', 'task:create', 'task:update'],
  rules: [
    defineRule<'Account'>({
      name: 'first.follows',
      description: 'Makes a contact and a task of every new account.',
      object: 'Account',
      on: ['create'],
      async after({ values }, { records }) {
        await records.create('Contact', { lastName: `Contact of ${values.name}` })
        await records.create('Task', { title: 'Call' })
      },
    }),
  ],
})

/** Creates a team for every new contact. */
const second = testPlugin('second', {
  permissions: ['team:create'],
  rules: [
    defineRule<'Contact'>({
      name: 'second.follows',
      description: 'Makes a team of every new contact.',
      object: 'Contact',
      on: ['create'],
      after: async ({ values }, { records }) =>
        void (await records.create('Team', { name: `Team of ${values.lastName}` })),
    }),
  ],
})

let app: TestApp

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: first }, { plugin: second }] })
})
afterAll(() => app.close())

async function entries(): Promise<unknown[]> {
  const { rows } = await app.database.ownerPool.query<{ told: string }>(
    `select concat_ws(' ', e.type, a.display_name, e.mutation, e.plugin) as told from audit_entries e
     join actors a on a.workspace_id = e.workspace_id and a.id = e.actor_id where e.operation = 'CREATED' order by 1`,
  )
  return rows.map(({ told }) => told)
}

describe('writes of plugins', () => {
  it('are audited with the caller, the mutation and the plugin that writes, also when a plugin’s write runs another’s rule', async () => {
    await app.database.ownerPool.query('truncate audit_entries')
    await addAccount(app.as('admin'), { name: 'Acme' })
    expect(await entries()).toEqual([
      'Account admin createAccount',
      'Contact admin createAccount first',
      'Task admin createAccount first',
      'Team admin createAccount second',
    ])
  })
})
