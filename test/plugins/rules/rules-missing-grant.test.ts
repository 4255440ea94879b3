import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Permission } from '../../../src/platform/declare/permission.ts'
import { lacksPermission } from '../../../src/platform/permissions/detect-missing-grant.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { captureLog } from '../../support/captured-log.ts'
import { activationOf, testPlugin, testRule, tryAccount } from '../guarded-plugin.ts'

const greedy = testPlugin('greedy', {
  permissions: ['team:create'],
  rules: [
    testRule('greedy.calls', {
      async after({ values }, { records }) {
        if (values['name'] === 'Calls') await records.create('Task', { title: 'Call' })
        if (values['name'] === 'Teams up') await records.create('Team', { name: 'New' })
      },
    }),
  ],
})

const { log, lines } = captureLog()
let app: TestApp
beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: greedy }], log })
})
afterAll(() => app.close())

const failures = () =>
  lines.map((line): unknown => JSON.parse(line)).filter((line) => JSON.stringify(line).includes('A plugin failed'))

it("the server logs an error, and counts no strike, when a rule needs a permission missing from its plugin's manifest", async () => {
  const client = app.as('member')
  const { account, errors } = await tryAccount(client, { name: 'Calls' })
  expect(account).toBeUndefined()
  expect(errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', plugin: 'greedy', permission: 'task:create' })
  expect(failures()).toEqual([
    expect.objectContaining({
      level: 50,
      plugin: 'greedy',
      part: 'greedy.calls',
      reason: expect.stringContaining("plugin's permissions lack task:create"),
      workspaceId: client.actor?.workspaceId,
      requestId: expect.any(String),
      strikes: 0,
    }),
  ])
  expect(await activationOf(app, client, 'greedy')).toMatchObject({ strikes: 0, isQuarantined: false })
})

it('the server logs no error when a rule needs a permission that only the caller lacks', async () => {
  const before = failures().length
  const { errors } = await tryAccount(app.as('member'), { name: 'Teams up' })
  expect(errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', plugin: 'greedy', permission: 'team:create' })
  expect(failures()).toHaveLength(before)
})

it('a plugin may update a sensitive field of workspaces with workspace:* in its manifest, but not with workspace:update', () => {
  const lacks = (permission: Permission) =>
    lacksPermission(
      app.runtime.registry,
      testPlugin('asking', { permissions: [permission] }),
      'workspace.auditRetentionDays:update',
    )
  expect([lacks('workspace:update'), lacks('workspace:*')]).toEqual([true, false])
})
