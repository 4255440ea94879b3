import { beforeAll, describe, expect, it } from 'vitest'
import type { Plugin } from '../../../src/platform/declare/plugin.ts'
import { testRule } from '../guarded-plugin.ts'
import { homes } from '../homes/plugin.ts'
import { composer, error, kind, one, operation, output, query, text, thing, two, yes } from './compose-plugins.ts'

let compose: Awaited<ReturnType<typeof composer>>
beforeAll(async () => {
  compose = await composer()
})

describe('two plugins that declare the same', () => {
  it.each<[string, Partial<Plugin>, Partial<Plugin>]>([
    ['type', { objects: [thing('one', { name: 'Thing' })] }, { objects: [thing('two', { name: 'Thing' })] }],
    ['type of an object and an answer', { objects: [thing('one')] }, { queries: [query('q', output('OneThing'))] }],
    ['type of two answers', { queries: [query('q', output('Same'))] }, { queries: [query('r', output('Same'))] }],
    [
      'generated type',
      { objects: [thing('one', { plural: 'things' })] },
      { queries: [query('r', output('OneThingConnection'))] },
    ],
    [
      'input type',
      {
        operations: [
          operation('a', {
            input: { x: { description: 'X.', type: { name: 'SameInput', description: 'S.', fields: {} } } },
          }),
        ],
      },
      {
        operations: [
          operation('b', {
            input: { x: { description: 'X.', type: { name: 'SameInput', description: 'S.', fields: {} } } },
          }),
        ],
      },
    ],
    [
      'enum',
      { queries: [query('q', { type: { name: 'Same', description: 'S.', values: { A: 'A.' } } })] },
      { queries: [query('r', { type: { name: 'Same', description: 'S.', values: { A: 'A.' } } })] },
    ],
    [
      'kind of interaction',
      { variants: [kind('Interaction', 'OneVisit', 'TOUR')] },
      { variants: [kind('Interaction', 'TwoVisit', 'TOUR')] },
    ],
    [
      'type of a kind',
      { variants: [kind('Interaction', 'Tour', 'ONE_TOUR')] },
      { variants: [kind('Interaction', 'Tour', 'TWO_TOUR')] },
    ],
    ['field', { extend: { Account: { things: text() } } }, { extend: { Account: { things: text() } } }],
    ['condition', { conditions: { Account: { isOdd: yes() } } }, { conditions: { Account: { isOdd: yes() } } }],
    ['root query field', { queries: [query('things')] }, { objects: [thing('two', { plural: 'things' })] }],
    ['mutation', { operations: [operation('doIt')] }, { operations: [operation('doIt')] }],
    [
      'mutation of an object',
      { operations: [operation('createTwoThing')] },
      { objects: [thing('two', { writes: ['create'] })] },
    ],
    ['id prefix', { objects: [thing('one', { prefix: 'thing' })] }, { objects: [thing('two', { prefix: 'thing' })] }],
    ['permission', { objects: [thing('one', { name: 'Thing' })] }, { objects: [thing('two', { name: 'thing' })] }],
    ['error type', { errors: [error('SameError', 'ONE')] }, { errors: [error('SameError', 'TWO')] }],
    ['error code', { errors: [error('OneError', 'SAME')] }, { errors: [error('TwoError', 'SAME')] }],
    [
      'interface',
      { interfaces: [{ name: 'Any', description: 'Any.', objects: ['Account'] }] },
      { interfaces: [{ name: 'Any', description: 'Any.', objects: ['Account'] }] },
    ],
  ])('%s are refused, and the message names both', (_what, first, second) => {
    expect(() => compose(one(first))).not.toThrow()
    expect(() => compose(two(second))).not.toThrow()
    expect(() => compose(one(first), two(second))).toThrow(/\bone\b.*\btwo\b|\btwo\b.*\bone\b/)
    expect(() => compose(one(first), two(second))).toThrow(expect.objectContaining({ name: 'CompositionError' }))
  })

  it('rule name are refused, because a rule name must begin with the plugin id and be unique', () => {
    expect(() => compose(one({ rules: [testRule('two.check')] }))).toThrow(/one: the name two\.check/)
    expect(() => compose(one({ rules: [testRule('one.check'), testRule('one.check')] }))).toThrow(
      /declared twice by one/,
    )
  })
})

describe('the composed schema', () => {
  it('has the plugin id of each type, field, kind and condition', () => {
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

  it('has nothing of a plugin that is not composed', () => {
    const types = Object.keys(compose().getTypeMap())
    expect(types.filter((name) => /Household|HomeVisit/.test(name))).toEqual([])
  })
})
