import { afterAll, beforeAll, expect, it } from 'vitest'
import { createUser } from '../../src/modules/workspaces/create-user.ts'
import { changeStatus } from '../../src/platform/identity/actor-status.ts'
import { OPERATOR } from '../../src/platform/log/platform-actor.ts'
import { testPlugin } from '../plugins/guarded-plugin.ts'
import { createTestApp, type TestApp } from '../support/app.ts'

let app: TestApp
let workspaceId: string

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: testPlugin(OPERATOR, {}) }] })
  workspaceId = app.as('admin').actor.workspaceId
})
afterAll(() => app.close())

it('concurrent commands of the operator are audited under one actor, which is not that of a plugin with the same name', async () => {
  const { ownerPool } = app.database
  const user = { workspaceId, displayName: 'New', roleName: 'member' }
  const made = Array.from({ length: 5 }, (_, at) =>
    createUser(ownerPool, { ...user, email: `new${at}@acme.example` }, 'rapport user create'),
  )
  await Promise.all(made)
  const { rows } = await ownerPool.query<{ count: number; isPlugin: boolean }>(
    `select count(distinct e.actor_id)::int as count, bool_or(p.id is not null) as "isPlugin" from audit_entries e
     left join plugin_activations p on p.workspace_id = e.workspace_id and p.actor_id = e.actor_id
     where e.mutation = 'rapport user create'`,
  )
  expect(rows).toEqual([{ count: 1, isPlugin: false }])
  const activated = await ownerPool.query(`select from plugin_activations where plugin_id = $1`, [OPERATOR])
  expect(activated.rowCount).toBeGreaterThan(0)
})

it('only one of the last two administrators is suspended when two commands suspend one each at once', async () => {
  const { ownerPool } = app.database
  const email = 'second@acme.example'
  const second = await createUser(ownerPool, { workspaceId, email, displayName: 'Second', roleName: 'admin' })
  const command = 'rapport user suspend'
  const ids = [second, app.as('admin').actor.id]
  const done = await Promise.allSettled(
    ids.map((actorId) => changeStatus(ownerPool, { workspaceId, actorId, kind: 'USER', isActive: false, command })),
  )
  expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  await ownerPool.query('update actors set is_active = true where id = any($1)', [ids])
})

it('the API shows the operator as the actor of an audit entry, with the command as its mutation', async () => {
  const answer = await app.as('admin').query(`{
    auditEntries(first: 1, filter: { mutation: { equals: "rapport user suspend" } }) {
      nodes { operation type mutation requestId actor { __typename displayName } changes { field from to } }
    }
  }`)
  expect(answer.errors).toEqual([])
  expect(answer.data).toEqual({
    auditEntries: {
      nodes: [
        {
          operation: 'UPDATED',
          type: 'User',
          mutation: 'rapport user suspend',
          requestId: null,
          actor: { __typename: 'PluginActor', displayName: 'operator' },
          changes: [{ field: 'isActive', from: true, to: false }],
        },
      ],
    },
  })
})
