import { type GraphQLFieldExtensions, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql'
import { describe, expect, it } from 'vitest'
import { sql } from '../../../src/platform/data/sql.ts'
import { computed, condition, group, resolved, rows } from '../../../src/platform/declare/objects/fields.ts'
import { checkGuards } from '../../../src/platform/graphql/check/guards.ts'
import { composer, one, thing } from '../../plugins/schema/compose-plugins.ts'

/** The schema does not compose when a field, or SQL that reads a table, does not declare who may read it. */

const compose = await composer()
const peopleOf = sql`select count(*)::int from contacts c`
const NUMBER = { description: 'A number.', type: 'Int' } as const
const REFUSED = /one: the SQL of .* reads contacts without checking what the caller may see/

describe('composing the schema', () => {
  it('fails when a field of Query or of an object has no guard', () => {
    const schema = (extensions: GraphQLFieldExtensions<unknown, unknown>) =>
      new GraphQLSchema({
        query: new GraphQLObjectType({ name: 'Query', fields: { bare: { type: GraphQLString, extensions } } }),
      })
    expect(() => checkGuards(schema({}))).toThrow(/Query\.bare has no guard/)
    const part = { kind: 'part of a value that is guarded' } as const
    expect(() => checkGuards(schema({ guard: part }))).toThrow(
      /Query\.bare is a root field, so no other field guards it/,
    )
    expect(() => checkGuards(schema({ guard: { kind: 'only what is visible' } }))).not.toThrow()
    const schemaOfCore = compose()
    expect(() => checkGuards(schemaOfCore)).not.toThrow()
    const account = schemaOfCore.getType('Account')
    if (!(account instanceof GraphQLObjectType)) throw new Error('There is no Account.')
    Object.assign(account.getFields()['name'] ?? {}, { extensions: {} })
    expect(() => checkGuards(schemaOfCore)).toThrow(/Account\.name has no guard/)
  })
})

describe('a field or filter condition of a plugin that is computed by SQL or code', () => {
  const reads = ['contacts']
  const row = { name: 'Counted', description: 'A row.', columns: { n: { type: 'Int', description: 'N.' } } } as const

  it.each<[string, object]>([
    ['a computed field', { extend: { Account: { a: computed({ ...NUMBER, value: () => peopleOf }) } } }],
    [
      'a group of fields',
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
      'a list of rows',
      {
        extend: {
          Account: {
            a: rows({ description: 'Rows.', row, query: () => sql`select count(*)::int as n from contacts c` }),
          },
        },
      },
    ],
    [
      'a filter condition',
      {
        conditions: {
          Account: { a: condition({ description: 'Yes.', type: 'Boolean', where: () => sql`exists (${peopleOf})` }) },
        },
      },
    ],
    [
      'SQL that calls the search function of the table',
      {
        extend: {
          Account: { a: computed({ ...NUMBER, value: () => sql`select count(*)::int from contacts_search('a')` }) },
        },
      },
    ],
    [
      'a computed field of an object of the plugin',
      { objects: [thing('one', { fields: { a: computed({ ...NUMBER, value: () => peopleOf }) } })] },
    ],
  ])(
    'is refused when its SQL reads another object’s table and does not declare who may read that object: %s',
    (_, parts) => {
      expect(() => compose(one({ reads, ...parts }))).toThrow(REFUSED)
    },
  )

  it('is accepted when it declares the permission that it requires, checks each row that it reads, or reads no other table', () => {
    const named = computed({ ...NUMBER, permission: 'contact:read', value: () => peopleOf })
    const asking = computed({
      ...NUMBER,
      value: (account) => sql`${peopleOf} where ${account.sees('Contact', sql`c`)}`,
    })
    const none = computed({ ...NUMBER, value: (account) => sql`length(${account.column('name')})` })
    expect(() => compose(one({ reads, extend: { Account: { named, asking, none } } }))).not.toThrow()
  })

  it('is refused when it uses a sensitive field and is not declared as sensitive itself', () => {
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
      /one: OneThing\.a uses OneThing\.name, which is sensitive/,
    )
    expect(() => compose(secret({ a: computed({ ...length, sensitive: true }) }))).not.toThrow()
    expect(() => compose(secret({ a: told }))).toThrow(/uses OneThing\.name, which is sensitive/)
    expect(() => compose(secret({ a: { ...told, sensitive: true } }))).not.toThrow()
  })
})
