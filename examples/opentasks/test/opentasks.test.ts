import { createPluginTestApp, type PluginTestApp, refusals, textAt } from 'rapport/plugin/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import plugin from '../plugin.ts'

let app: PluginTestApp
beforeAll(async () => {
  app = await createPluginTestApp({ plugins: [{ plugin }] })
})
afterAll(() => app.close())

it('the plugin opentasks counts the open tasks of an account, and refuses to delete an account with open tasks', async () => {
  const member = app.as('member')
  const created = await member.must('mutation { createAccount(input: { name: "Acme" }) { account { id } } }')
  const id = textAt(created, 'createAccount.account.id')
  const input = { title: 'Call back', regardingId: id }
  await member.must('mutation ($input: CreateTaskInput!) { createTask(input: $input) { task { id } } }', { input })
  const read = await member.must('query ($id: ID!) { account(id: $id) { openTaskCount } }', { id })
  expect(read).toEqual({ account: { openTaskCount: 1 } })
  const deleteAccount = 'mutation ($id: ID!) { deleteAccount(input: { id: $id }) { userErrors { code } } }'
  expect(refusals(await member.must(deleteAccount, { id }), 'deleteAccount')).toEqual(['RULE_VIOLATION'])
})
