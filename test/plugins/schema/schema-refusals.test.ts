import { beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../../src/platform/data/sql.ts'
import { computed, items, list, many, money, resolved, source } from '../../../src/platform/declare/objects/fields.ts'
import type { Plugin } from '../../../src/platform/declare/plugin.ts'
import { testRule } from '../guarded-plugin.ts'
import { composer, kind, one, operation, query, text, thing, two, yes } from './compose-plugins.ts'

let compose: Awaited<ReturnType<typeof composer>>
beforeAll(async () => {
  compose = await composer()
})

describe('composing a plugin with core is refused for', () => {
  it.each<[string, Partial<Plugin>, RegExp]>([
    ['an object with a type of core', { objects: [thing('one', { name: 'Account' })] }, /Account.*accounts and one/],
    [
      'an object named like a generated type of core',
      { objects: [thing('one', { name: 'AccountFilter' })] },
      /AccountFilter.*core and one|one and core/,
    ],
    ["an object with core's audit permissions", { objects: [thing('one', { name: 'Audit' })] }, /audit.*core and one/],
    ['an object called Query', { objects: [thing('one', { name: 'Query' })] }, /Query.*core and one/],
    ['a query with a name that GraphQL reserves', { queries: [query('__schema')] }, /__schema.*one/],
    ['a field that core has', { extend: { Account: { name: text() } } }, /Account\.name.*accounts and one/],
    [
      'a condition named like a field',
      { conditions: { Account: { name: yes() } } },
      /AccountFilter\.name.*accounts and one/,
    ],
    [
      'a condition named like a connective of filters, such as OR',
      { conditions: { Account: { OR: yes() } } },
      /AccountFilter\.OR.*core and one/,
    ],
    ['a query named like a query of core', { queries: [query('accounts')] }, /accounts.*one and core/],
    ['an operation that core has', { operations: [operation('createAccount')] }, /createAccount.*core and one/],
    ['the variant CALL of core', { variants: [kind('Interaction', 'OneCall', 'CALL')] }, /CALL.*interactions and one/],
    [
      'a rule on an unknown write',
      { rules: [testRule('one.guard', { on: ['delet'] })] },
      /one: the rule one\.guard is on delet, which is not a write to Account\. The writes are: create, update, delete, restore/,
    ],
    [
      'a rule on a business act of another object',
      { rules: [testRule('one.guard', { on: ['completeTask'] })] },
      /one: the rule one\.guard is on completeTask, which is not a write to Account/,
    ],
    [
      'a list by an unknown relation',
      { extend: { Account: { worries: many({ description: 'W.', object: 'Task', by: 'acount' }) } } },
      /one: Account\.worries has by: "acount", and the model Task has no such relation or column\. It has: .*assignee/,
    ],
    [
      'a list that is ordered by an unknown field',
      {
        extend: {
          Account: {
            people: many({
              description: 'W.',
              object: 'Contact',
              by: 'owner',
              defaultOrder: [{ field: 'lastNam', direction: 'ASC' }],
            }),
          },
        },
      },
      /one: Account\.people is ordered by lastNam, which Contact does not have/,
    ],
    ['a record id prefix of core', { objects: [thing('one', { prefix: 'account' })] }, /account.*accounts.*one/],
    ["an object with core's permissions on plugin", { objects: [thing('one', { name: 'plugin' })] }, /plugin.*one/],
    ['an object with a model of core', { objects: [thing('one', { model: 'Account' })] }, /one: .*Account of core/],
    [
      'a variant of an object without variants',
      { variants: [kind('Account', 'Shop', 'SHOP')] },
      /one: Shop is a kind of Account/,
    ],
    [
      'money columns in a table of core',
      {
        extend: {
          Account: {
            worth: money({ description: 'W.', amount: 'annualRevenueAmount', currency: 'annualRevenueCurrency' }),
          },
        },
      },
      /one: Account\.worth/,
    ],
    [
      'items in a table of core',
      {
        extend: {
          Account: {
            mails: items({
              description: 'M.',
              item: { model: 'ContactEmail', columns: { address: {} } },
              by: 'contact',
            }),
          },
        },
      },
      /one: Account\.mails.*ContactEmail of core/,
    ],
    [
      'a resolved field that needs a column that core does not publish',
      {
        extend: {
          Account: {
            hidden: resolved({ description: 'H.', type: 'String', needs: ['searchText'], resolve: () => [] }),
          },
        },
      },
      /one: Account\.hidden needs searchText/,
    ],
    [
      'a resolved field that needs an unknown column',
      {
        extend: {
          Account: { hidden: resolved({ description: 'H.', type: 'String', needs: ['nope'], resolve: () => [] }) },
        },
      },
      /one: Account\.hidden needs nope/,
    ],
    [
      'a computed field over a column that core does not publish',
      {
        extend: {
          ApiKey: { hash: computed({ description: 'H.', type: 'String', value: (key) => key.column('keyHash') }) },
        },
      },
      /one: .*ApiKey\.hash.*keyHash/,
    ],
    [
      'a required field with a record that may not be visible',
      {
        queries: [
          query('q', { type: { name: 'Q', description: 'Q.', fields: { a: { type: 'Account', description: 'A.' } } } }),
        ],
      },
      /one: Q\.a.*nullable/,
    ],
    ['an extension of an unknown object', { extend: { Nothing: { a: text() } } }, /one: extend\.Nothing names Nothing/],
    ['a query that returns an unknown type', { queries: [query('q', { type: 'Nothing' })] }, /Nothing/],
  ])('%s', (_what, parts, message) => {
    expect(() => compose(one(parts))).toThrow(message)
    expect(() => compose(one(parts))).toThrow(expect.objectContaining({ name: 'CompositionError' }))
  })
})

describe('an object whose model has no column deletedAt', () => {
  it.each(['delete', 'restore'])('cannot have the write %s', (write) => {
    expect(() => compose(one({ objects: [thing('one', { writes: ['create', write] })] }))).toThrow(
      `one: OneThing has the write ${write}, so model one_Thing needs a column deletedAt.`,
    )
    expect(() => compose(one({ objects: [thing('one', { writes: ['create'] })] }))).not.toThrow()
  })
})

describe('SQL that a plugin declares', () => {
  const secret = sql`select id, 0 as position from contacts`
  const fails = () => {
    throw new Error('no row')
  }
  it.each<[string, Partial<Plugin>, RegExp]>([
    [
      'a computed field that reads a table of core',
      { extend: { Account: { a: text(sql`(select count(*) from contacts)`) } } },
      /one: .*Account\.a.*contacts/,
    ],
    [
      'a list that reads a table of core',
      { extend: { Account: { a: list({ description: 'A.', object: 'Contact', ids: () => secret }) } } },
      /one: .*Account\.a.*contacts/,
    ],
    [
      'a source that reads a table of core',
      {
        extend: {
          Account: {
            a: source({
              description: 'A.',
              object: 'Interaction',
              orderedBy: 'occurredAt',
              args: {},
              source: () => secret,
            }),
          },
        },
      },
      /one: .*Account\.a.*contacts/,
    ],
    [
      'a condition that reads a table of core',
      { conditions: { Account: { a: yes(sql`exists (select from contacts)`) } } },
      /one: .*AccountFilter\.a.*contacts/,
    ],
    [
      'a computed field that reads a table of another plugin',
      { extend: { Account: { a: text(sql`(select count(*) from two_things)`) } } },
      /one: .*Account\.a.*two_things/,
    ],
    [
      'a computed field that throws',
      { extend: { Account: { a: computed({ description: 'A.', type: 'Int', value: fails }) } } },
      /one: .*Account\.a.*no row/,
    ],
    [
      'a computed field that writes',
      { extend: { Account: { a: text(sql`(with x as (delete from one_things returning 1) select 1)`) } } },
      /one: .*Account\.a/,
    ],
  ])('is refused: %s', (_what, parts, message) => {
    expect(() => compose(one(parts))).toThrow(message)
  })

  it("may read the tables of core that the plugin's manifest names under `reads`", () => {
    const counted = { ...text(sql`(select count(*) from contacts)`), permission: 'contact:read' } as const
    const parts = { extend: { Account: { a: counted } } }
    expect(() => compose(one({ ...parts, reads: ['contacts'] }))).not.toThrow()
    expect(() => compose(one({ ...parts, reads: ['nothing'] }))).toThrow(/one: `reads` names the table nothing/)
    expect(() => compose(one({ reads: ['two_things'] }))).toThrow(/one refers to the table two_things of two/)
  })
})

describe('a plugin that uses another plugin', () => {
  const base = two({
    objects: [thing('two', { plural: 'twoThings' })],
    interfaces: [{ name: 'Any', description: 'Any.', objects: ['TwoThing'] }],
  })
  it.each<[string, Partial<Plugin>]>([
    ["a field on that plugin's object", { extend: { TwoThing: { a: text() } } }],
    ["a filter condition on that plugin's object", { conditions: { TwoThing: { a: yes() } } }],
    [
      "a list of that plugin's object",
      { extend: { Account: { a: many({ description: 'A.', object: 'TwoThing', by: 'account' }) } } },
    ],
    ["that plugin's interface", { objects: [thing('one')], implement: { Any: ['OneThing'] } }],
    ["a rule on that plugin's object", { rules: [testRule('one.rule', { object: 'TwoThing' })] }],
    ["a permission on that plugin's object", { queries: [query('q', { type: 'Int' }, 'twoThing:read')] }],
    ["a query that returns that plugin's object", { queries: [query('q', { type: 'TwoThing', isNullable: true })] }],
    [
      "an operation that returns that plugin's object",
      { operations: [operation('o', { payload: { t: { type: 'TwoThing', isNullable: true, description: 'T.' } } })] },
    ],
  ])('must name that plugin under `depends` to use %s', (_what, parts) => {
    expect(() => compose(base, one(parts))).toThrow(/one refers to .*two, on which it does not depend/)
    expect(() => compose(base, one({ ...parts, depends: { two: '^1.0.0' } }))).not.toThrow()
  })
})
