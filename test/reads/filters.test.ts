import fc from 'fast-check'
import { getNamedType, isInputObjectType } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FILTER_OPERATORS, type FilterOperator } from '../../src/platform/reads/filter/operators.ts'
import { TO_MANY_OPERATORS, TO_ONE_OPERATORS } from '../../src/platform/reads/filter/relation-operators.ts'
import { at, errorCodes, textAt, textsAt } from '../../src/testing/answers.ts'
import type { TestClient } from '../../src/testing/client.ts'
import { userWho } from '../permissions/people.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addContact, addTask, setDeleted } from '../support/records.ts'
import { filter } from './filter-arbitrary.ts'
import { type Filter, meets } from './filter-oracle.ts'
import { COUNTS, INDUSTRIES, makeOrganisations, NAMES, type Organisation, TYPES } from './organisations.ts'

let app: TestApp
let organisations: readonly Organisation[]

beforeAll(async () => {
  app = await createTestApp()
  organisations = await makeOrganisations(app.as('admin'), 36)
  // A running server has statistics too: without them filters with four nested relations take PostgreSQL seconds.
  await app.database.ownerPool.query('analyze')
})
afterAll(() => app.close())

async function found(filter: Filter): Promise<string[]> {
  const data = await app
    .as('reader')
    .must('query ($filter: AccountFilter) { accounts(first: 200, filter: $filter) { totalCount nodes { id } } }', {
      filter,
    })
  const ids = textsAt(data, 'accounts.nodes', 'id')
  expect(at(data, 'accounts.totalCount')).toBe(ids.length)
  return ids
}

async function agrees(filter: Filter): Promise<void> {
  const expected = organisations
    .filter((organisation) => meets(organisation, filter, organisations))
    .map(({ id }) => id)
  expect([filter, await found(filter)]).toEqual([filter, expected])
}

const OPERANDS: Readonly<Record<string, readonly unknown[]>> = {
  name: [...NAMES, 'a', '%', '_', '\\', 'ÄRGER'],
  industry: [...INDUSTRIES, 'nothing'],
  type: TYPES,
  employeeCount: [...COUNTS, -1],
}

/** Names of the operators that do not accept null. */
function withoutNull(operators: Readonly<Record<string, { readonly acceptsNull: boolean }>>): string[] {
  return Object.entries(operators).flatMap(([name, { acceptsNull }]) => (acceptsNull ? [] : [name]))
}

/** Names of the operators with this type of operand. */
function operatorsOf(operand: FilterOperator['operand']): string[] {
  return Object.entries(FILTER_OPERATORS).flatMap(([name, operator]) => (operator.operand === operand ? [name] : []))
}

describe('filters', () => {
  it('return the accounts that the oracle of the test finds, for every filter operator of text, enum and number fields', async () => {
    const fields = Object(app.schema.getType('AccountFilter')).getFields()
    for (const [field, operands] of Object.entries(OPERANDS)) {
      const type = getNamedType(fields[field].type)
      if (!isInputObjectType(type)) throw new Error(`${field} has no filter.`)
      const offered = Object.keys(type.getFields())
      expect(offered.filter((each) => each !== 'mode' && !Object.hasOwn(FILTER_OPERATORS, each))).toEqual([])
      const modes = offered.includes('mode') ? [{}, { mode: 'INSENSITIVE' }] : [{}]
      for (const mode of modes)
        for (const operator of operatorsOf('value').filter((each) => offered.includes(each)))
          for (const operand of operands) await agrees({ [field]: { [operator]: operand, ...mode } })
      for (const operator of operatorsOf('values').filter((each) => offered.includes(each)))
        for (const operand of [[], operands.slice(0, 1), operands.slice(0, 3)])
          await agrees({ [field]: { [operator]: operand } })
      for (const isNull of [true, false]) await agrees({ [field]: { isNull } })
      await agrees({ [field]: { equals: null } })
      await agrees({ [field]: { not: { equals: null } } })
    }
  })

  it('return the accounts that the oracle of the test finds, for random combinations of conditions', async () => {
    await fc.assert(fc.asyncProperty(filter, agrees), { numRuns: 250 })
  })

  it('never match a soft-deleted record, and ignore soft-deleted records of a relation', async () => {
    const [above, below] = [
      await addAccount(app.as('admin'), { name: 'Above' }),
      await addAccount(app.as('admin'), { name: 'Gone' }),
    ]
    await app
      .as('admin')
      .must('mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { account { id } } }', {
        input: { id: below.id, version: 1, parentId: above.id },
      })
    const person = await addContact(app.as('admin'), { lastName: 'Gone too', accounts: [{ accountId: above.id }] })
    await setDeleted(app.as('admin'), 'delete', 'Account', { id: below.id, version: 2 })
    await setDeleted(app.as('admin'), 'delete', 'Contact', person)
    expect(await found({ id: { equals: above.id }, subsidiaries: { some: {} } })).toEqual([])
    expect(await found({ id: { equals: above.id }, contacts: { none: {} }, subsidiaries: { none: {} } })).toEqual([
      above.id,
    ])
    expect(await found({ name: { equals: 'Gone' } })).toEqual([])
  })

  it('find records by their items, and by what these refer to as far as the caller may see it', async () => {
    const admin = app.as('admin')
    const contact = await addContact(admin, {
      lastName: 'Two Addresses',
      emails: [{ address: 'first@items.example' }, { address: 'second@items.example' }],
    })
    const contacts = async (client: TestClient, filter: Filter) =>
      client.query('query ($filter: ContactFilter) { contacts(filter: $filter) { nodes { id } } }', { filter })
    const bySecond = { emails: { some: { address: { equals: 'second@items.example' } } } }
    expect(textsAt((await contacts(app.as('reader'), bySecond)).data, 'contacts.nodes', 'id')).toEqual([contact.id])
    const deal =
      'mutation ($input: CreateOpportunityInput!) { createOpportunity(input: $input) { opportunity { id } } }'
    const product = 'mutation ($input: CreateProductInput!) { createProduct(input: $input) { product { id } } }'
    const sold = await admin.must(product, { input: { name: 'Sold', sku: 'SOLD' } })
    const line = {
      productId: textAt(sold, 'createProduct.product.id'),
      quantity: '2',
      unitPrice: { amount: '5', currency: 'EUR' },
    }
    const made = await admin.must(deal, { input: { name: 'With a line', lines: [line] } })
    const deals = async (client: TestClient, lines: Filter) =>
      textsAt(
        await client.must('query ($filter: OpportunityFilter) { opportunities(filter: $filter) { nodes { id } } }', {
          filter: { lines },
        }),
        'opportunities.nodes',
        'id',
      )
    const id = textAt(made, 'createOpportunity.opportunity.id')
    const ofProduct = { some: { product: { is: { sku: { equals: 'SOLD' } } }, total: { amount: { equals: '10' } } } }
    expect(await deals(admin, ofProduct)).toEqual([id])
    expect(await deals(admin, { some: { quantity: { gt: '2' } } })).toEqual([])
    const blind = await userWho(app, ['opportunity:read'])
    expect(await deals(blind, { some: { quantity: { equals: '2' } } })).toEqual([id])
    expect(await deals(admin, { some: { product: { is: {} } } })).toEqual([id])
    expect(await deals(blind, { some: { product: { is: {} } } })).toEqual([])
    const withoutEmails = await userWho(app, ['contact.lastName:read'])
    expect(errorCodes(await contacts(withoutEmails, bySecond))).toEqual(['FORBIDDEN'])
  })

  it('can combine nested relations, ids and points in time', async () => {
    const account = await addAccount(app.as('admin'), { name: 'Relations' })
    const contact = await addContact(app.as('admin'), { lastName: 'Far', accounts: [{ accountId: account.id }] })
    await addTask(app.as('member'), { title: 'Follow', dueAt: '2030-06-01T00:00:00Z', regardingId: contact.id })
    const far = {
      contacts: {
        some: {
          id: { in: [contact.id] },
          tasks: {
            some: {
              dueAt: { gte: '2030-06-01T02:00:00+02:00' },
              createdBy: { is: { displayName: { equals: 'Member' } } },
            },
          },
        },
      },
    }
    expect(await found(far)).toEqual([account.id])
    expect(await found({ ...far, createdBy: { isNot: { displayName: { equals: 'admin' } } } })).toEqual([])
    expect(await found({ id: { equals: contact.id } })).toEqual([])
    expect(await found({ id: { equals: 'nonsense' } })).toEqual([])
    expect(await found({ id: { in: [account.id, contact.id, ''] } })).toEqual([account.id])
    expect(await found({ id: { equals: account.id }, createdAt: { lt: '2020-01-01T00:00:00Z' } })).toEqual([])
    const tasks = await app
      .as('reader')
      .must(
        '{ tasks(filter: { dueAt: { lt: "2030-06-01T00:00:00.001Z" }, assignee: { isNull: true } }) { totalCount } }',
      )
    expect(at(tasks, 'tasks.totalCount')).toBe(1)
  })

  it('that are empty, or whose conditions are empty or null, match every record, except an empty OR, which matches none', async () => {
    const { totalCount } = Object(at(await app.as('reader').must('{ accounts { totalCount } }'), 'accounts'))
    for (const filter of [
      {},
      { name: null },
      { AND: [] },
      { NOT: [] },
      { name: {} },
      { contacts: {} },
      { addresses: {} },
      { OR: null },
    ]) {
      expect([filter, (await found(filter)).length]).toEqual([filter, totalCount])
    }
    expect(await found({ OR: [] })).toEqual([])
  })

  it('accept null for equals, not, is and isNot, where it means that there is no value, and refuse it for other operators', async () => {
    const count = async (filter: Filter) => (await found(filter)).length
    expect(await count({ industry: { equals: null } })).toBe(await count({ industry: { isNull: true } }))
    expect(await count({ industry: { not: null } })).toBe(await count({ industry: { isNull: false } }))
    expect(await count({ parent: { is: null } })).toBe(await count({ parent: { isNull: true } }))
    expect(await count({ parent: { isNot: null } })).toBe(await count({ parent: { isNull: false } }))
    const refused = [
      ...withoutNull(FILTER_OPERATORS)
        .filter((operator) => operator !== 'has')
        .map((operator) => ({ name: { [operator]: null } })),
      ...withoutNull(TO_ONE_OPERATORS).map((operator) => ({ parent: { [operator]: null } })),
      ...withoutNull(TO_MANY_OPERATORS).map((operator) => ({ contacts: { [operator]: null } })),
      ...withoutNull(TO_MANY_OPERATORS).map((operator) => ({ addresses: { [operator]: null } })),
    ]
    expect(refused.length).toBeGreaterThan(10)
    for (const filter of refused) {
      expect([
        filter,
        errorCodes(
          await app
            .as('reader')
            .query('query ($filter: AccountFilter) { accounts(filter: $filter) { totalCount } }', { filter }),
        ),
      ]).toEqual([filter, ['BAD_USER_INPUT']])
    }
  })
})
