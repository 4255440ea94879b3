import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import nonprofit from '../../../plugins/nonprofit/plugin.ts'
import { definePlugin } from '../../../src/platform/declare/plugin.ts'
import { defineAccessRule } from '../../../src/platform/declare/rules/access-rule.ts'
import { at, textAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addContact, addTask } from '../../support/records.ts'
import { type Asked, askerOf, type Person, userWho } from '../people.ts'

/** Regression tests: data that errors and stored payloads once showed to a caller who may not read it. */

const strict = definePlugin({
  id: 'strict',
  description: 'Restricts writing.',
  version: '1.0.0',
  api: '^1.0.0',
  accessRules: [
    defineAccessRule({
      name: 'strict.teams',
      description: 'Nobody changes teams.',
      object: 'Team',
      on: ['update'],
      decide: () => false,
    }),
  ],
})

let app: TestApp
let caller: Person
let asked: Asked

beforeAll(async () => {
  const directory = new URL('../../../plugins/nonprofit', import.meta.url).pathname
  app = await createTestApp({ plugins: [{ plugin: nonprofit, directory }, { plugin: strict }] })
  caller = await userWho(app, [])
  asked = askerOf(app, caller)
})
afterAll(() => app.close())

describe('user errors of rules', () => {
  it('show no amount, date of death or status that the caller may not read', async () => {
    const admin = app.as('admin')
    const contact = await addContact(admin, { lastName: 'Giver' })
    const gift = await admin.must(
      'mutation ($id: ID!) { createGift(input: { contactId: $id, receivedOn: "2024-05-01", method: CASH, amount: { amount: "77.00", currency: "EUR" } }) { gift { id allocations { fund { id } } } userErrors { message } } }',
      { id: contact.id },
    )
    const [id, fundId] = [textAt(gift, 'createGift.gift.id'), textAt(gift, 'createGift.gift.allocations.0.fund.id')]
    const allocate = `mutation ($id: ID!, $fundId: ID!) { updateGift(input: { id: $id, version: 1, allocations: [{ fundId: $fundId, amount: "1.00" }] }) {
      userErrors { code message ... on AllocationMismatchError { expected actual } } } }`
    const writes = ['gift.allocations:update', 'gift.note:read', 'fund:read']
    expect(JSON.stringify((await asked(writes, allocate, { id, fundId })).data)).not.toContain('77')
    const reads = await asked([...writes, 'gift:read'], allocate, { id, fundId })
    expect(at(reads.data, 'updateGift.userErrors.0')).toMatchObject({ code: 'ALLOCATION_MISMATCH', expected: '77.00' })

    await admin.must(
      'mutation ($id: ID!) { recordDeath(input: { contactId: $id, deceasedOn: "2024-03-07" }) { userErrors { message } } }',
      { id: contact.id },
    )
    const call = `mutation ($id: ID!) { logInteraction(input: { call: { occurredAt: "2024-05-01T12:00:00Z", participants: [{ contactId: $id }] } }) {
      userErrors { __typename message ... on DeceasedContactError { deceasedOn } } } }`
    const logs = ['contact:read', 'interaction:create']
    expect(at((await asked(logs, call, { id: contact.id })).data, 'logInteraction.userErrors')).toEqual([
      { __typename: 'RuleViolation', message: 'A call with this person can’t be logged.' },
    ])
    const some = await asked([...logs, 'constituent.isDeceased:read'], call, { id: contact.id })
    expect(at(some.data, 'logInteraction.userErrors.0')).toMatchObject({
      __typename: 'DeceasedContactError',
      deceasedOn: null,
    })
    const knows = await asked([...logs, 'constituent:read'], call, { id: contact.id })
    expect(at(knows.data, 'logInteraction.userErrors.0')).toMatchObject({ deceasedOn: '2024-03-07' })

    const task = await addTask(admin, { title: 'Open' })
    const reopen = await asked(
      ['task.title:read', 'task:update'],
      'mutation ($id: ID!) { reopenTask(input: { id: $id, version: 1 }) { userErrors { code message } } }',
      { id: task.id },
    )
    expect(at(reopen.data, 'reopenTask.userErrors.0.code')).toBe('RULE_VIOLATION')
    expect(JSON.stringify(reopen.data)).not.toContain('is OPEN')
  })
})

describe('the stored payload of an Idempotency-Key', () => {
  it('is not returned again after the permissions of the caller have changed: the request gets IDEMPOTENCY_KEY_REUSED', async () => {
    const task = await addTask(app.as('admin'), { title: 'Kept', description: 'Secret' })
    const update =
      'mutation ($id: ID!) { updateTask(input: { id: $id, version: 1, title: "Known" }) { task { title description } } }'
    const key = { 'idempotency-key': 'kept' }
    const first = await asked(['task:read', 'task:update'], update, { id: task.id }, key)
    expect(at(first.data, 'updateTask.task.description')).toBe('Secret')
    expect((await asked(['task:read', 'task:update'], update, { id: task.id }, key)).data).toEqual(first.data)
    const { data, errors } = await asked(['task.title:read', 'task:update'], update, { id: task.id }, key)
    expect([data, at(errors[0]?.extensions, 'code')]).toEqual([null, 'IDEMPOTENCY_KEY_REUSED'])
  })
})

describe('an update that an access rule of a plugin refuses to everybody', () => {
  it('gets NOT_FOUND for a record that the caller may not read, as for a record that does not exist', async () => {
    const made = await app
      .as('admin')
      .must('mutation { createTeam(input: { name: "Hidden" }) { team { id } userErrors { message } } }')
    const update =
      'mutation ($id: ID!) { updateTeam(input: { id: $id, version: 1, name: "x" }) { userErrors { code message } } }'
    const rights = ['team:read@own', 'team:update']
    const hidden = await asked(rights, update, { id: textAt(made, 'createTeam.team.id') })
    expect(hidden).toEqual(await asked(rights, update, { id: 'team_00000000000000000000000000' }))
    expect(at(hidden.data, 'updateTeam.userErrors.0.code')).toBe('NOT_FOUND')
    expect(
      (await asked(['team:read', 'team:update'], update, { id: textAt(made, 'createTeam.team.id') })).permission,
    ).toBe('team:update')
  })
})
