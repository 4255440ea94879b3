import { type GraphQLFieldExtensions, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql'
import { describe, expect, it } from 'vitest'
import { sql } from '../../../src/platform/data/sql.ts'
import { computed, condition, group, resolved, rows } from '../../../src/platform/declare/objects/fields.ts'
import { checkGuards } from '../../../src/platform/graphql/check/guards.ts'
import { composer, one, thing } from '../../plugins/schema/compose-plugins.ts'

/** What nobody can forget: a field, or a table that it reads, of which nothing says who may see it does not compose. */

const compose = await composer()
const peopleOf = sql`select count(*)::int from contacts c`
const NUMBER = { description: 'A number.', type: 'Int' } as const
const REFUSED = /one: the SQL of .* reads contacts and says nothing of who may see what is there/

describe('a field', () => {
  it('without a guard is refused, wherever it is', () => {
    const schema = (extensions: GraphQLFieldExtensions<unknown, unknown>) =>
      new GraphQLSchema({
        query: new GraphQLObjectType({ name: 'Query', fields: { bare: { type: GraphQLString, extensions } } }),
      })
    expect(() => checkGuards(schema({}))).toThrow(/Query\.bare says nothing of permission/)
    const part = { kind: 'part of a value that is guarded' } as const
    expect(() => checkGuards(schema({ guard: part }))).toThrow(
      /Query\.bare is a root field, and so no part of anything/,
    )
    expect(() => checkGuards(schema({ guard: { kind: 'only what is visible' } }))).not.toThrow()
    const schemaOfCore = compose()
    expect(() => checkGuards(schemaOfCore)).not.toThrow()
    const account = schemaOfCore.getType('Account')
    if (!(account instanceof GraphQLObjectType)) throw new Error('There is no Account.')
    Object.assign(account.getFields()['name'] ?? {}, { extensions: {} })
    expect(() => checkGuards(schemaOfCore)).toThrow(/Account\.name says nothing of permission/)
  })
})

describe('the SQL of a plugin that reads a table', () => {
  const reads = ['contacts']
  const row = { name: 'Counted', description: 'A row.', columns: { n: { type: 'Int', description: 'N.' } } } as const

  it.each<[string, object]>([
    ['a computed field', { extend: { Account: { a: computed({ ...NUMBER, value: () => peopleOf }) } } }],
    [
      'a group',
      {
        extend: {
          Account: {
            a: group({
              name: 'Grouped',
              description: 'A group.',
              fields: { n: computed({ ...NUMBER, value: () => peopleOf }) },
            }),
          },
        },
      },
    ],
    [
      'rows',
      {
        extend: {
          Account: {
            a: rows({ description: 'Rows.', row, query: () => sql`select count(*)::int as n from contacts c` }),
          },
        },
      },
    ],
    [
      'a condition',
      {
        conditions: {
          Account: { a: condition({ description: 'Yes.', type: 'Boolean', where: () => sql`exists (${peopleOf})` }) },
        },
      },
    ],
    [
      'its search',
      {
        extend: {
          Account: { a: computed({ ...NUMBER, value: () => sql`select count(*)::int from contacts_search('a')` }) },
        },
      },
    ],
    [
      'a field of its own object',
      { objects: [thing('one', { fields: { a: computed({ ...NUMBER, value: () => peopleOf }) } })] },
    ],
  ])('says who may see what is there: %s', (_, parts) => {
    expect(() => compose(one({ reads, ...parts }))).toThrow(REFUSED)
  })

  it('says so by a permission, or asks it of each record', () => {
    const named = computed({ ...NUMBER, permission: 'contact:read', value: () => peopleOf })
    const asking = computed({
      ...NUMBER,
      value: (account) => sql`${peopleOf} where ${account.sees('Contact', sql`c`)}`,
    })
    const none = computed({ ...NUMBER, value: (account) => sql`length(${account.column('name')})` })
    expect(() => compose(one({ reads, extend: { Account: { named, asking, none } } }))).not.toThrow()
  })

  it('is refused where it is made of a sensitive field, and is not sensitive itself', () => {
    const secret = (parts: object) =>
      one({ objects: [thing('one', { columns: { name: { sensitive: true } }, fields: parts })] })
    const length = {
      ...NUMBER,
      value: (row: { column(name: string): ReturnType<typeof sql> }) => sql`length(${row.column('name')})`,
    }
    const told = resolved({
      description: 'The name.',
      type: 'String',
      needs: ['name'],
      resolve: (records) => records.map(() => 'x'),
    })
    expect(() => compose(secret({ a: computed(length) }))).toThrow(
      /one: OneThing\.a is made of OneThing\.name, which is sensitive/,
    )
    expect(() => compose(secret({ a: computed({ ...length, sensitive: true }) }))).not.toThrow()
    expect(() => compose(secret({ a: told }))).toThrow(/is made of OneThing\.name, which is sensitive/)
    expect(() => compose(secret({ a: { ...told, sensitive: true } }))).not.toThrow()
  })
})
