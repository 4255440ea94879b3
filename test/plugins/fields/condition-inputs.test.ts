import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../../src/platform/data/sql.ts'
import { condition } from '../../../src/platform/declare/objects/fields.ts'
import { textAt, textsAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { testPlugin, tryAccount } from '../guarded-plugin.ts'
import { composer, one } from '../schema/compose-plugins.ts'

const lengthInput = {
  name: 'NameLengthInput',
  description: 'Bounds of the length of a name.',
  fields: {
    from: { type: 'Int', isRequired: true, description: 'At least.' },
    to: { type: 'Int', description: 'At most.' },
    except: { type: 'String', isList: true, description: 'Not these names.' },
  },
} as const

const plugin = testPlugin('lengths', {
  conditions: {
    Account: {
      nameLength: condition({
        description: 'Its name has so many characters.',
        type: lengthInput,
        where: (account, { from, to, except }) =>
          sql`length(${account.column('name')}) between ${from}::int and ${to ?? 100}::int
            and not ${account.column('name')} = any(${except ?? []}::text[])`,
      }),
    },
  },
})

let app: TestApp
beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin }] })
  const parentId = textAt(await tryAccount(app.as('member'), { name: 'Long name' }), 'account.id')
  await tryAccount(app.as('member'), { name: 'Child', parentId })
  await tryAccount(app.as('member'), { name: 'Other' })
})
afterAll(() => app.close())

const QUERY = 'query ($filter: AccountFilter) { accounts(filter: $filter) { nodes { name } } }'
const namesOf = async (filter: object) =>
  textsAt(await app.as('reader').must(QUERY, { filter }), 'accounts.nodes', 'name')

describe('a condition with an input type of its own', () => {
  it('filters by several typed values, also of related records, and combined by NOT', async () => {
    expect(await namesOf({ nameLength: { from: 6 } })).toEqual(['Long name'])
    expect(await namesOf({ nameLength: { from: 5, to: 5, except: ['Other'] } })).toEqual(['Child'])
    expect(await namesOf({ parent: { is: { nameLength: { from: 6, to: 9 } } } })).toEqual(['Child'])
    expect(await namesOf({ NOT: [{ nameLength: { from: 6 } }] })).toEqual(['Child', 'Other'])
    expect(await namesOf({ nameLength: null })).toHaveLength(3)
  })

  it.each([
    ['a missing value', { nameLength: { to: 5 } }],
    ['an unknown value', { nameLength: { from: 1, until: 5 } }],
    ['a text that PostgreSQL can not store', { nameLength: { from: 1, except: ['a\u0000'] } }],
  ])('refuses %s', async (_what, filter) => {
    const { errors } = await app.as('reader').query(QUERY, { filter })
    expect(errors.map(({ extensions }) => extensions?.['code'])).toEqual(['BAD_USER_INPUT'])
  })

  it('does not compose when its SQL reads records without checking what is visible, for some of the values', async () => {
    const compose = await composer()
    const where = (_record: object, { to }: { readonly to?: number | null | undefined }) =>
      to ? sql`exists (select from contacts c)` : sql`true`
    const parts = { nameLength: condition({ description: 'L.', type: lengthInput, where }) }
    expect(() => compose(one({ reads: ['contacts'], conditions: { Account: parts } }))).toThrow(
      /one: the SQL of AccountFilter\.nameLength reads contacts without checking/,
    )
  })
})
