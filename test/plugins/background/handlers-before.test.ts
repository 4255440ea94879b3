import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type DeliveredChange, defineHandler } from '../../../src/platform/declare/handler.ts'
import { defineOperation } from '../../../src/platform/declare/rules/operation.ts'
import { deliverAll } from '../../../src/platform/plugins/background/deliver-all.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addAccount } from '../../support/records.ts'
import { testPlugin } from '../guarded-plugin.ts'
import { backgroundOf } from './shipping.ts'

let app: TestApp
const told: DeliveredChange[] = []
/** `before` of updates, by plugin. */
const toldTo: Record<string, unknown[]> = {}

const watch = (plugin: string) =>
  defineHandler({
    name: `${plugin}.watch`,
    description: 'Sees accounts.',
    on: { types: ['Account'] },
    handle: async (change) => {
      told.push(change)
      if (change.operation === 'UPDATED') toldTo[plugin] = [...(toldTo[plugin] ?? []), change.before]
    },
  })

const renameTwice = defineOperation({
  name: 'renameTwice',
  description: 'Writes an account twice in one transaction.',
  permission: null,
  input: { id: { type: 'ID', isRequired: true, description: 'The account.' } },
  payload: { isDone: { type: 'Boolean', description: 'Whether it was done.' } },
  async run({ id }, { records }) {
    await records.update('Account', id, { name: 'Second' })
    await records.update('Account', id, { name: 'Third' })
    return { values: { isDone: true }, userErrors: [] }
  },
})

const update = 'mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { userErrors { message } } }'
const change = (input: object) => app.as('admin').must(update, { input })
const deliver = () => deliverAll(backgroundOf(app))
const formerValues = () => told.map((each) => each.before)

async function start(...plugins: Parameters<typeof testPlugin>[]) {
  app = await createTestApp({ plugins: plugins.map(([id, parts]) => ({ plugin: testPlugin(id, parts) })) })
}
beforeEach(() => {
  told.length = 0
})

describe('what a handler gets as `before`', () => {
  beforeAll(() =>
    start([
      'reads',
      {
        permissions: ['account:read', 'account.annualRevenue:read', 'account:update'],
        handlers: [watch('reads')],
        operations: [renameTwice],
      },
    ]),
  )
  afterAll(() => app.close())

  it('are the former values of the changed fields, in the form in which clients write them', async () => {
    const parent = await addAccount(app.as('admin'), { name: 'Parent' })
    const account = await addAccount(app.as('admin'), {
      name: 'Old',
      parentId: parent.id,
      annualRevenue: { amount: '10.5', currency: 'EUR' },
    })
    await deliver()
    expect(formerValues()).toEqual([{}, {}])
    told.length = 0
    await change({ id: account.id, version: 1, name: 'New', parentId: null, annualRevenue: null, industry: 'Toys' })
    await deliver()
    expect(told).toMatchObject([{ operation: 'UPDATED', recordId: expect.any(String) }])
    expect(formerValues()).toEqual([
      { name: 'Old', parentId: parent.id, annualRevenue: { amount: '10.50', currency: 'EUR' }, industry: null },
    ])
    expect(Object.keys(told[0]?.before ?? {}).toSorted()).toEqual(told[0]?.changedFields.toSorted())
  })

  it('are those of each write, when one transaction writes a record several times', async () => {
    const { id } = await addAccount(app.as('admin'), { name: 'First' })
    await deliver()
    told.length = 0
    await app.as('admin').must('mutation ($id: ID!) { renameTwice(input: { id: $id }) { isDone } }', { id })
    const remove = 'mutation ($id: ID!) { deleteAccount(input: { id: $id }) { userErrors { message } } }'
    await app.as('admin').must(remove, { id })
    await deliver()
    expect(formerValues()).toEqual([{ name: 'First' }, { name: 'Second' }, { deletedAt: null }])
  })
})

describe('what a handler of a plugin with few permissions gets as `before`', () => {
  beforeAll(() =>
    start(
      ['blind', { handlers: [watch('blind')] }],
      [
        'hiding',
        {
          accessRules: [
            {
              name: 'hiding.secret',
              description: 'Hides secret accounts from plugins.',
              object: 'Account',
              on: ['read'],
              decide: ({ actor }) => actor.kind !== 'PLUGIN' || { industry: { equals: 'Toys' } },
            },
          ],
        },
      ],
      ['some', { permissions: ['account:read'], handlers: [watch('some')] }],
    ),
  )
  afterAll(() => app.close())

  it('has no field that the plugin may not read, and no id of a record that it may not see', async () => {
    const parent = await addAccount(app.as('admin'), { name: 'Parent' })
    const account = await addAccount(app.as('admin'), {
      name: 'Old',
      industry: 'Toys',
      parentId: parent.id,
      annualRevenue: { amount: '10.5', currency: 'EUR' },
    })
    const hidden = await addAccount(app.as('admin'), { name: 'Hidden', industry: 'Arms' })
    await change({ id: account.id, version: 1, name: 'New', parentId: null, annualRevenue: null })
    await change({ id: hidden.id, version: 1, name: 'Still hidden' })
    await deliver()
    expect(toldTo['blind']).toEqual([{}, {}])
    expect(toldTo['some']).toEqual([
      { name: 'Old', parentId: null, annualRevenue: { amount: '10.50', currency: 'EUR' } },
      {},
    ])
  })
})
