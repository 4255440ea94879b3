import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, textAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addAccount, type Made } from '../../support/records.ts'
import { activationOf, testPlugin } from '../guarded-plugin.ts'

const branches = { select: { id: true } } as const

/** A plugin whose fields count the branches that they select. */
const counter = testPlugin('counter', {
  permissions: ['*:*'],
  schema(builder, { Account }) {
    builder.prismaObjectFields(Account, (t) => ({
      branchCount: t.int({
        description: 'Branches of the account.',
        select: { Account_parent: branches },
        resolve: ({ Account_parent }) => Account_parent.length,
      }),
      siblingCount: t.int({
        description: 'Branches of the parent.',
        nullable: true,
        select: { parent: { select: { Account_parent: branches } } },
        resolve: ({ parent }) => parent?.Account_parent.length ?? null,
      }),
      someBranches: t.int({
        description: 'Branches of the account, up to a number.',
        args: { most: t.arg.int({ description: 'How many.' }) },
        select: ({ most }) => ({ Account_parent: { ...branches, ...(most ? { take: most } : {}) } }),
        resolve: ({ Account_parent }) => Account_parent.length,
      }),
    }))
  },
})

const CREATE =
  'mutation ($inputs: [CreateAccountInput!]!) { createAccounts(input: { records: $inputs }) { createdCount } }'

let app: TestApp
let parent: Made
let branch: Made
beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: counter }] })
  parent = await addAccount(app.as('admin'), { name: 'Parent' })
  for (let made = 0; made < 1_000; made += 100) {
    const inputs = Array.from({ length: 100 }, (_, index) => ({
      name: `Branch ${made + index}`,
      parentId: parent.id,
    }))
    await app.as('admin').must(CREATE, { inputs })
  }
}, 60_000)
afterAll(() => app.close())

const ask = (selection: string, { id }: Made) =>
  app.as('reader').query(`query ($id: ID!) { account(id: $id) { name ${selection} } }`, { id })

describe('a field that selects a list without `take`', () => {
  it('gets all of 1,000 rows', async () => {
    const { data, errors } = await ask('branchCount someBranches', parent)
    expect(errors).toEqual([])
    expect(at(data, 'account')).toMatchObject({ branchCount: 1_000, someBranches: 1_000 })
  })

  it.each([
    ['branchCount', 'of the record', () => parent],
    ['someBranches', 'of the record, by a function that returns no `take`', () => parent],
    ['siblingCount', 'of a related record', () => branch],
  ])('is null when the list has 1,001 rows: %s, %s', async (field, _where, record) => {
    branch ??= await addAccount(app.as('admin'), { name: 'One more', parentId: parent.id })
    const { data, errors } = await ask(field, record())
    expect(at(data, 'account')).toEqual({ name: textAt(data, 'account.name'), [field]: null })
    expect(errors).toMatchObject([
      {
        path: ['account', field],
        extensions: { code: 'PLUGIN_FAILED', plugin: 'counter', field: `Account.${field}` },
      },
    ])
    for (const part of ['The plugin counter', 'Account.Account_parent', `Account.${field}`, '`take`', '`_count`'])
      expect(errors[0]?.message).toContain(part)
  })

  it('is no failure that counts against the plugin', async () => {
    for (let time = 0; time < 5; time++) await ask('branchCount', parent)
    expect(await activationOf(app, app.as('admin'), 'counter')).toMatchObject({ strikes: 0, isQuarantined: false })
  })

  it('gets a part of them by `take`', async () => {
    const { data, errors } = await ask('someBranches(most: 1000) few: someBranches(most: 2)', parent)
    expect(errors).toEqual([])
    expect(at(data, 'account')).toMatchObject({ someBranches: 1_000, few: 2 })
  })
})
