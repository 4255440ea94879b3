import { beforeAll, describe, expect, it } from 'vitest'
import type { Plugin } from '../../../src/platform/declare/plugin.ts'
import { testRule } from '../guarded-plugin.ts'
import { homes } from '../homes/plugin.ts'
import { composer, error, kind, one, operation, output, query, text, thing, two, yes } from './compose-plugins.ts'

let compose: Awaited<ReturnType<typeof composer>>
beforeAll(async () => {
  compose = await composer()
})

describe('composing plugins is refused', () => {
  it.each<[string, Partial<Plugin>, Partial<Plugin>]>([
    [
      'a type called Thing',
      { objects: [thing('one', { name: 'Thing' })] },
      { objects: [thing('two', { name: 'Thing' })] },
    ],
    [
      'the type OneThing, for an object and for an answer',
      { objects: [thing('one')] },
      { queries: [query('q', output('OneThing'))] },
    ],
    [
      'the type Same, for an answer',
      { queries: [query('q', output('Same'))] },
      { queries: [query('r', output('Same'))] },
    ],
    [
      'the type OneThingConnection, generated for an object and declared for an answer',
      { objects: [thing('one', { plural: 'things' })] },
      { queries: [query('r', output('OneThingConnection'))] },
    ],
    [
      'the input type SameInput',
      {
        operations: [
          operation('a', {
            input: {
              x: {
                description: 'X.',
                type: { name: 'SameInput', description: 'S.', fields: { n: { type: 'Int', description: 'N.' } } },
              },
            },
          }),
        ],
      },
      {
        operations: [
          operation('b', {
            input: {
              x: {
                description: 'X.',
                type: { name: 'SameInput', description: 'S.', fields: { n: { type: 'Int', description: 'N.' } } },
              },
            },
          }),
        ],
      },
    ],
    [
      'the enum Same',
      { queries: [query('q', { type: { name: 'Same', description: 'S.', values: { A: 'A.' } } })] },
      { queries: [query('r', { type: { name: 'Same', description: 'S.', values: { A: 'A.' } } })] },
    ],
    [
      'the value TOUR for a variant of interactions',
      { variants: [kind('Interaction', 'OneVisit', 'TOUR')] },
      { variants: [kind('Interaction', 'TwoVisit', 'TOUR')] },
    ],
    [
      'the type Tour for a variant of interactions',
      { variants: [kind('Interaction', 'Tour', 'ONE_TOUR')] },
      { variants: [kind('Interaction', 'Tour', 'TWO_TOUR')] },
    ],
    [
      'the field Account.things',
      { extend: { Account: { things: text() } } },
      { extend: { Account: { things: text() } } },
    ],
    [
      'the condition isOdd in the filter of accounts',
      { conditions: { Account: { isOdd: yes() } } },
      { conditions: { Account: { isOdd: yes() } } },
    ],
    ['the field Query.things', { queries: [query('things')] }, { objects: [thing('two', { plural: 'things' })] }],
    ['the mutation doIt', { operations: [operation('doIt')] }, { operations: [operation('doIt')] }],
    [
      'the mutation createTwoThing, for an operation and for an object',
      { operations: [operation('createTwoThing')] },
      { objects: [thing('two', { writes: ['create'] })] },
    ],
    [
      'the record id prefix "thing"',
      { objects: [thing('one', { prefix: 'thing' })] },
      { objects: [thing('two', { prefix: 'thing' })] },
    ],
    [
      'permissions on "thing", for objects called Thing and thing',
      { objects: [thing('one', { name: 'Thing' })] },
      { objects: [thing('two', { name: 'thing' })] },
    ],
    ['the user error type SameError', { errors: [error('SameError', 'ONE')] }, { errors: [error('SameError', 'TWO')] }],
    ['the user error code SAME', { errors: [error('OneError', 'SAME')] }, { errors: [error('TwoError', 'SAME')] }],
    [
      'the interface Any',
      { interfaces: [{ name: 'Any', description: 'Any.', objects: ['Account'] }] },
      { interfaces: [{ name: 'Any', description: 'Any.', objects: ['Account'] }] },
    ],
  ])('when two plugins declare %s, and the message names both plugins', (_what, first, second) => {
    expect(() => compose(one(first))).not.toThrow()
    expect(() => compose(two(second))).not.toThrow()
    expect(() => compose(one(first), two(second))).toThrow(/\bone\b.*\btwo\b|\btwo\b.*\bone\b/)
    expect(() => compose(one(first), two(second))).toThrow(expect.objectContaining({ name: 'CompositionError' }))
  })

  it("when a plugin declares a rule name twice, or a rule name that does not begin with the plugin's id", () => {
    expect(() => compose(one({ rules: [testRule('two.check')] }))).toThrow(/one: the name two\.check/)
    expect(() => compose(one({ rules: [testRule('one.check'), testRule('one.check')] }))).toThrow(
      /declared twice by one/,
    )
  })
})

describe('the composed GraphQL schema', () => {
  it('has, in `extensions.pluginId`, the plugin that adds a type, field, variant or filter condition', () => {
    const schema = compose(homes)
    const owners = (type: string, field?: string) => {
      const found = schema.getType(type)
      const parts = found && 'getFields' in found ? found.getFields() : {}
      return field === undefined ? found?.extensions['pluginId'] : parts[field]?.extensions['pluginId']
    }
    for (const type of [
      'Household',
      'HouseholdFilter',
      'HouseholdConnection',
      'CreateHouseholdInput',
      'CreateHouseholdPayload',
      'HouseholdChange',
      'HouseholdKind',
      'HomeVisit',
      'LogHomeVisitInput',
      'HouseholdMatch',
      'MatchLevel',
      'HouseholdCrowdedError',
      'SettleHouseholdsInput',
      'SettleHouseholdsPayload',
    ])
      expect([type, owners(type)]).toEqual([type, 'homes'])
    for (const [type, field] of [
      ['Account', 'shout'],
      ['Account', 'households'],
      ['AccountFilter', 'hasHousehold'],
      ['AccountFilter', 'households'],
      ['Query', 'households'],
      ['Query', 'matchHouseholds'],
      ['Mutation', 'createHousehold'],
      ['Mutation', 'settleHouseholds'],
      ['Subscription', 'householdChanged'],
      ['LogInteractionInput', 'homeVisit'],
    ] as const)
      expect([type, field, owners(type, field)]).toEqual([type, field, 'homes'])
    for (const type of ['Account', 'AccountFilter', 'Query', 'Interaction', 'StringFilter'])
      expect([type, owners(type)]).toEqual([type, undefined])
    expect(owners('Account', 'name')).toBeUndefined()
    const kinds = schema.getType('InteractionKind')
    expect(kinds && 'getValue' in kinds ? kinds.getValue('HOME_VISIT')?.extensions : null).toEqual(
      expect.objectContaining({ pluginId: 'homes' }),
    )
  })

  it('has no type of a plugin that is not part of the composition', () => {
    const types = Object.keys(compose().getTypeMap())
    expect(types.filter((name) => /Household|HomeVisit/.test(name))).toEqual([])
  })
})
