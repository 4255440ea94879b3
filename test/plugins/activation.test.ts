import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { computed, definePlugin, defineRule, ruleViolation, sql, z } from '../../src/plugin.ts'
import { at, errorCodes, listAt, refusals, textsAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp, type TestRole, type TestWorkspace } from '../support/app.ts'

const hello = definePlugin({
  id: 'hello',
  description: 'Greets accounts.',
  version: '1.2.0',
  api: '^1.0.0',
  settings: {
    workspace: z.object({ greeting: z.string().max(20).default('Hello') }),
    secrets: { accessKey: 'Key of the greeting service.' },
  },
  extend: {
    Account: {
      greeting: computed({
        description: 'A greeting.',
        type: 'String',
        value: (account) => sql`'Hello ' || ${account.column('name')}`,
      }),
    },
  },
  rules: [
    defineRule({
      name: 'hello.noGoodbye',
      description: 'No account is called Goodbye.',
      object: 'Account',
      on: ['create'],
      before: ({ values }) =>
        values.name === 'Goodbye'
          ? { refusals: [ruleViolation('hello.noGoodbye', ['input', 'name'], 'Say hello.')] }
          : undefined,
    }),
  ],
})

const dependent = definePlugin({
  id: 'helloagain',
  description: 'Builds on hello.',
  version: '1.0.0',
  api: '^1.0.0',
  depends: { hello: '^1.0.0' },
})

let app: TestApp
beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: hello }, { plugin: dependent }], enable: 'nowhere' })
})
afterAll(() => app.close())

const ask = (role: TestRole, query: string, variables: object = {}, workspace: TestWorkspace = 'acme') =>
  app.as(role, workspace).query<unknown, object>(query, variables)
const switchTo = (verb: 'enable' | 'disable', pluginId: string) =>
  ask(
    'admin',
    `mutation($pluginId: String!) { ${verb}Plugin(input: { pluginId: $pluginId }) { plugin { id isEnabled status } userErrors { code message path } } }`,
    { pluginId },
  )
const createAccount = (name: string, workspace: TestWorkspace = 'acme') =>
  ask(
    'member',
    'mutation($name: String!) { createAccount(input: { name: $name }) { account { id } userErrors { code message } } }',
    { name },
    workspace,
  )
const greetings = (workspace: TestWorkspace = 'acme') =>
  ask('reader', '{ accounts { nodes { greeting } } }', {}, workspace)
const typeFields = '{ __type(name: "Account") { fields { name } } }'

describe('a plugin in one workspace', () => {
  it('is not in use until an administrator enables it', async () => {
    const { data } = await ask('reader', '{ plugins { id version isEnabled status } }')
    expect(listAt(data, 'plugins')).toEqual([
      { id: 'hello', version: '1.2.0', isEnabled: false, status: 'DISABLED' },
      { id: 'helloagain', version: '1.0.0', isEnabled: false, status: 'DISABLED' },
    ])
    expect((await greetings()).errors[0]?.message).toContain('Cannot query field "greeting"')
    expect(
      errorCodes(
        await app
          .as('member')
          .query<unknown, object>('mutation { enablePlugin(input: { pluginId: "hello" }) { plugin { id } } }'),
      ),
    ).toEqual(['FORBIDDEN'])
    expect(refusals((await createAccount('Goodbye')).data, 'createAccount')).toEqual([])
  })

  it('can be enabled only after the plugin that it depends on, which cannot be disabled before it', async () => {
    expect(refusals((await switchTo('enable', 'helloagain')).data, 'enablePlugin')).toEqual(['INVALID'])
    expect((await switchTo('enable', 'hello')).data).toEqual({
      enablePlugin: { plugin: { id: 'hello', isEnabled: true, status: 'ENABLED' }, userErrors: [] },
    })
    expect(refusals((await switchTo('enable', 'helloagain')).data, 'enablePlugin')).toEqual([])
    expect(refusals((await switchTo('disable', 'hello')).data, 'disablePlugin')).toEqual(['INVALID'])
    expect(refusals((await switchTo('enable', 'nobody')).data, 'enablePlugin')).toEqual(['NOT_FOUND'])
  })

  it('has its fields in the GraphQL schema and runs its rules as soon as it is enabled, but in no other workspace', async () => {
    expect(at((await greetings()).data, 'accounts.nodes.0.greeting')).toBe('Hello Goodbye')
    expect(refusals((await createAccount('Goodbye')).data, 'createAccount')).toEqual(['RULE_VIOLATION'])
    expect((await greetings('globex')).errors).toHaveLength(1)
    expect(refusals((await createAccount('Goodbye', 'globex')).data, 'createAccount')).toEqual([])
    const fields = async (workspace: TestWorkspace) =>
      JSON.stringify((await ask('reader', typeFields, {}, workspace)).data)
    expect(await fields('acme')).toContain('greeting')
    expect(await fields('globex')).not.toContain('greeting')
  })

  it('has rules that an administrator can disable and enable one by one', async () => {
    const off = await ask(
      'admin',
      'mutation { disableRule(input: { rule: "hello.noGoodbye" }) { plugin { rules { name isEnabled } } userErrors { code } } }',
    )
    expect(at(off.data, 'disableRule.plugin.rules.0')).toEqual({ name: 'hello.noGoodbye', isEnabled: false })
    expect(refusals((await createAccount('Goodbye')).data, 'createAccount')).toEqual([])
    await ask(
      'admin',
      'mutation { enableRule(input: { rule: "hello.noGoodbye" }) { plugin { id } userErrors { code } } }',
    )
    expect(refusals((await createAccount('Goodbye')).data, 'createAccount')).toEqual(['RULE_VIOLATION'])
    const unknown = await ask(
      'admin',
      'mutation { disableRule(input: { rule: "hello.nothing" }) { plugin { id } userErrors { code } } }',
    )
    expect(refusals(unknown.data, 'disableRule')).toEqual(['NOT_FOUND'])
  })

  it('has settings that are validated, and secrets that neither the API nor the audit entries show', async () => {
    const update = (input: string) =>
      ask(
        'admin',
        `mutation { updatePluginSettings(input: { pluginId: "hello", ${input} }) { plugin { settings secrets { name isSet } } userErrors { code path } } }`,
      )
    expect(at((await update('settings: {}')).data, 'updatePluginSettings.plugin.settings')).toEqual({
      greeting: 'Hello',
    })
    expect((await update('settings: { greeting: 5, other: 1 }')).data).toMatchObject({
      updatePluginSettings: {
        plugin: null,
        userErrors: [{ path: ['input', 'settings', 'greeting'] }, { path: ['input', 'settings'] }],
      },
    })
    const set = await update('settings: { greeting: "Hi" }, secrets: { accessKey: "s3cret" }')
    expect(at(set.data, 'updatePluginSettings.plugin')).toEqual({
      settings: { greeting: 'Hi' },
      secrets: [{ name: 'accessKey', isSet: true }],
    })
    const { rows } = await app.database.ownerPool.query('select changes::text from audit_entries')
    expect(JSON.stringify(rows)).not.toContain('s3cret')
    expect(refusals((await update('secrets: { nothing: "x" }')).data, 'updatePluginSettings')).toEqual(['INVALID'])
  })

  it('has no fields in the GraphQL schema while it is disabled, and has its earlier settings when it is enabled again', async () => {
    await switchTo('disable', 'helloagain')
    expect(refusals((await switchTo('disable', 'hello')).data, 'disablePlugin')).toEqual([])
    expect((await greetings()).errors).toHaveLength(1)
    await switchTo('enable', 'hello')
    const { data } = await ask('admin', '{ plugins { id settings } }')
    expect(at(data, 'plugins.0.settings')).toEqual({ greeting: 'Hi' })
  })
})

describe('a plugin that depends on a plugin which the workspace does not use', () => {
  it('has the status UNAVAILABLE, with a reason, until an administrator enables the plugin that it depends on', async () => {
    await switchTo('enable', 'hello')
    await switchTo('enable', 'helloagain')
    // The state after an upgrade with a new dependency, which a running server had not loaded.
    await app.database.ownerPool.query(`update plugin_activations set is_enabled = false where plugin_id = 'hello'`)
    const told = () => ask('reader', '{ plugins { id isEnabled status reason } }')
    expect(listAt((await told()).data, 'plugins')[1]).toEqual({
      id: 'helloagain',
      isEnabled: false,
      status: 'UNAVAILABLE',
      reason: 'It depends on hello, which this workspace does not use. Enable hello.',
    })
    await switchTo('enable', 'hello')
    expect(listAt((await told()).data, 'plugins')[1]).toMatchObject({
      isEnabled: true,
      status: 'ENABLED',
      reason: null,
    })
    await switchTo('disable', 'helloagain')
  })
})

describe('a plugin whose removal the operator has started', () => {
  it('cannot be enabled and is not in the list of plugins', async () => {
    await app.database.ownerPool.query(`update installed_plugins set state = 'REMOVING' where id = 'helloagain'`)
    expect(refusals((await switchTo('enable', 'helloagain')).data, 'enablePlugin')).toEqual(['NOT_FOUND'])
    expect(textsAt((await ask('admin', '{ plugins { id } }')).data, 'plugins', 'id')).toEqual(['hello'])
    const { rows } = await app.database.ownerPool.query(
      `select is_enabled from plugin_activations where plugin_id = 'helloagain'`,
    )
    expect(rows).toEqual([{ is_enabled: false }])
  })
})
