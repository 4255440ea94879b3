import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defineOperationRule } from '../../../src/platform/declare/rules/rule.ts'
import { defineUserError, userError } from '../../../src/platform/declare/rules/user-errors.ts'
import { listRules } from '../../../src/platform/registry/rule-order.ts'
import { ruleTimings } from '../../../src/platform/writes/rules/rule-timings.ts'
import { at } from '../../../src/testing/answers.ts'
import { importAccounts, importRecords } from '../../imports/import-records.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addAccount, addTask } from '../../support/records.ts'
import { testPlugin, testRule, tryAccount } from '../guarded-plugin.ts'

const bannedName = defineUserError({
  name: 'BannedNameError',
  description: 'The name is on a list.',
  code: 'NAME_BANNED',
})

const seen: string[] = []
const see = (name: string) => {
  seen.push(name)
  return undefined
}

const early = testPlugin('early', {
  errors: [bannedName],
  rules: [
    testRule('early.names', {
      runsAfter: ['late.names'],
      before: ({ values }) =>
        String(values['name']).includes('Banned')
          ? { refusals: [userError(bannedName, ['input', 'name'], 'Early refuses the name.')] }
          : see('early.names'),
    }),
    testRule('early.tasks', {
      object: 'Task',
      on: ['completeTask', 'delete', 'restore', 'updateTask'],
      before: (write) => see(`before ${write.operation}`),
      after: (write) => void see(`after ${write.operation}`),
    }),
    defineOperationRule({
      name: 'early.imports',
      description: 'No imports of tasks.',
      operation: 'importRecords',
      before: async ({ object }) =>
        object === 'Task' ? { refusals: [userError(bannedName, ['input'], 'Tasks are not imported.')] } : undefined,
      after: (_input, answer) => void see(`imported ${String(answer.values['createdCount'])}`),
    }),
  ],
})

const late = testPlugin('late', {
  rules: [
    testRule('late.names', {
      before: async ({ values }) =>
        String(values['name']).includes('Banned')
          ? { refusals: [userError(bannedName, ['input', 'name'], 'Late refuses the name.')] }
          : see('late.names'),
      after: async () => void see('late.names after'),
    }),
    testRule('late.industry', {
      runsAfter: ['early.names'],
      before: ({ values }) =>
        values['name'] === 'Plain' ? { patch: { industry: `of ${String(values['name'])}` } } : undefined,
    }),
    testRule('late.more', {
      runsAfter: ['late.industry'],
      before: ({ values }) =>
        values['name'] === 'Plain' ? { patch: { industry: `${String(values['industry'])}, patched` } } : undefined,
    }),
    testRule('late.integral', {
      isIntegral: true,
      on: ['update'],
      before: ({ values }) =>
        values['name'] === 'Never'
          ? { refusals: [userError(bannedName, ['input', 'name'], 'Never this name.')] }
          : undefined,
    }),
  ],
})

let app: TestApp

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: early }, { plugin: late }] })
})
afterAll(() => app.close())

describe('rules of plugins', () => {
  it('run in the order that `runsAfter` declares, and each refusal becomes a user error of a type that the plugin declares', async () => {
    const refused = await tryAccount(app.as('admin'), { name: 'Banned Ltd' })
    expect(refused.errors).toEqual([])
    expect(refused.account).toBeNull()
    expect(refused.userErrors).toEqual([
      {
        __typename: 'BannedNameError',
        code: 'NAME_BANNED',
        message: 'Late refuses the name.',
        path: ['input', 'name'],
      },
      {
        __typename: 'BannedNameError',
        code: 'NAME_BANNED',
        message: 'Early refuses the name.',
        path: ['input', 'name'],
      },
    ])
    seen.length = 0
    const made = await tryAccount(app.as('admin'), { name: 'Fine Ltd' })
    expect(made.userErrors).toEqual([])
    expect(seen).toEqual(['late.names', 'early.names', 'late.names after'])
  })

  it('can patch the values of a write, and each rule gets the values that earlier rules have patched', async () => {
    const made = await tryAccount(app.as('admin'), { name: 'Plain' })
    expect(made.errors).toEqual([])
    expect(at(made.account, 'industry')).toBe('of Plain, patched')
  })

  it('run only on the business acts, deletes and restores that they name', async () => {
    const client = app.as('admin')
    const task = await addTask(client, { title: 'Call' })
    seen.length = 0
    await client.must(
      `mutation ($input: StartTaskInput!) { startTask(input: $input) { task { version } userErrors { message } } }`,
      { input: { id: task.id, version: 1 } },
    )
    await client.must(
      `mutation ($input: CompleteTaskInput!) { completeTask(input: $input) { task { version } userErrors { message } } }`,
      { input: { id: task.id, version: 2 } },
    )
    await client.must(
      `mutation ($input: DeleteTaskInput!) { deleteTask(input: $input) { task { version } userErrors { message } } }`,
      { input: { id: task.id, version: 3 } },
    )
    await client.must(
      `mutation ($input: RestoreTaskInput!) { restoreTask(input: $input) { task { version } userErrors { message } } }`,
      { input: { id: task.id, version: 4 } },
    )
    expect(seen).toEqual([
      'before completeTask',
      'after completeTask',
      'before deleteTask',
      'after deleteTask',
      'before restoreTask',
      'after restoreTask',
    ])
  })

  it('can refuse an operation, such as importRecords, before it runs, and get its payload afterwards', async () => {
    const client = app.as('admin')
    const refused = await importRecords(client, {
      object: 'Task',
      csv: 'title\nCall\n',
      columns: [{ column: 'title', field: 'title' }],
    })
    expect(refused).toEqual({
      createdCount: 0,
      updatedCount: 0,
      unchangedCount: 0,
      failedCount: 0,
      results: [],
      userErrors: [
        { __typename: 'BannedNameError', code: 'NAME_BANNED', message: 'Tasks are not imported.', path: ['input'] },
      ],
    })
    seen.length = 0
    await importAccounts(app, 'name\nImported Ltd\nImported Inc\n')
    expect(seen.at(-1)).toBe('imported 2')
  })

  it('do not run in a workspace that has disabled them, except rules with `isIntegral`', async () => {
    const client = app.as('admin', 'globex')
    await app.database.ownerPool.query(
      `update plugin_activations set disabled_rules = $2 where workspace_id = $1 and plugin_id = 'late'`,
      [client.actor.workspaceId, ['late.names', 'late.integral']],
    )
    const refused = await tryAccount(client, { name: 'Banned Ltd' })
    expect(refused.userErrors).toMatchObject([{ message: 'Early refuses the name.' }])
    const made = await addAccount(client, { name: 'Fine' })
    const data = await client.must(
      `mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { userErrors { message } } }`,
      { input: { id: made.id, version: 1, name: 'Never' } },
    )
    expect(data).toEqual({ updateAccount: { userErrors: [{ message: 'Never this name.' }] } })
    const elsewhere = await tryAccount(app.as('admin', 'acme'), { name: 'Banned Ltd' })
    expect(elsewhere.userErrors).toHaveLength(2)
  })

  it('are listed with their position in the order, and the time of their runs is measured', async () => {
    const { registry } = app.host.runtimeFor(['early', 'late'])
    const rules = listRules(registry)
    const place = (name: string) => rules.find((rule) => rule.name === name)?.position ?? Number.NaN
    expect(place('late.names')).toBeLessThan(place('early.names'))
    expect(rules.find(({ name }) => name === 'early.imports')).toMatchObject({
      plugin: 'early',
      subject: 'importRecords',
      isIntegral: false,
    })
    expect(rules.find(({ name }) => name === 'accounts.uniqueDomains')).toMatchObject({ isIntegral: true })
    const timing = ruleTimings().find(({ name }) => name === 'late.names')
    expect(timing?.count).toBeGreaterThan(2)
    expect(timing?.failures).toBe(0)
    expect(timing?.maxMicroseconds).toBeGreaterThan(0)
  })
})
