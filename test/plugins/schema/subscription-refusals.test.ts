import { printType } from 'graphql'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Plugin } from '../../../src/platform/declare/plugin.ts'
import type { PluginSchemaBuilder } from '../../../src/platform/declare/schema-builder.ts'
import { composer, one, two } from './compose-plugins.ts'

let compose: Awaited<ReturnType<typeof composer>>
beforeAll(async () => {
  compose = await composer()
})

const field = {
  description: 'It happens.',
  type: 'Int',
  permission: 'account:read',
  on: { types: ['Account'] },
} as const

/** Returns a plugin with a field of `Subscription` that has these options, also such as the types do not allow. */
const subscribing = (options: object, name = 'itHappens'): Plugin =>
  one({
    schema: (builder) => builder.subscriptionField(name, (t) => t.field({ ...field, resolve: () => 1, ...options })),
  })

describe('a subscription in the `schema` of a plugin', () => {
  it('adds the field and the type of its events', () => {
    const schema = compose(subscribing({}))
    const type = schema.getType('ItHappensEvent')
    expect(type && printType(type)).toMatch(/at: DateTime![\s\S]*cursor: String![\s\S]*value: Int\n/)
    expect(String(schema.getSubscriptionType()?.getFields()['itHappens']?.type)).toBe('ItHappensEvent!')
  })

  it.each([
    [
      'with `subscribe`',
      { async *subscribe() {} },
      /one: Subscription\.itHappens has `subscribe`.* from memory: .*Declare `on`/,
    ],
    ['without a permission', { permission: undefined }, /one: Subscription\.itHappens says for nobody/],
    ['without `resolve`', { resolve: undefined }, /has no function `resolve`/],
    ['without `on`', { on: undefined }, /names no object whose changes may be events/],
    [
      'on an object that does not exist',
      { on: { types: ['Nothing'] } },
      /follows Nothing, which is not an object with changes/,
    ],
    [
      'on an object without writes',
      { on: { types: ['Change'] } },
      /follows Change, which is not an object with changes/,
    ],
    [
      'on an operation that does not exist',
      { on: { types: ['Account'], operations: ['READ'] } },
      /follows the operation READ/,
    ],
    ['with an argument `after`', { args: { after: null } }, /has an argument after, which the platform adds/],
  ])('%s is refused', (_, options, message) => {
    expect(() => compose(subscribing(options))).toThrow(message)
  })

  it('is refused when its name, or that of its events, exists already', () => {
    expect(() => compose(subscribing({}, 'accountChanged'))).toThrow(
      'Subscription accountChanged is declared by both core and one. Rename it in one.',
    )
    const other = two({
      schema: (builder) => builder.subscriptionField('itHappens', (t) => t.field({ ...field, resolve: () => 1 })),
    })
    expect(() => compose(subscribing({}), other)).toThrow(
      'itHappens is declared by both one and two. Rename it in two.',
    )
    const event = two({ schema: (builder) => void builder.enumType('ItHappensEvent', { values: ['A'] }) })
    expect(() => compose(subscribing({}), event)).toThrow('ItHappensEvent')
  })

  it('is refused when it is declared by other means of the library Pothos', () => {
    const by = (member: string) => (builder: PluginSchemaBuilder) => {
      builder.subscriptionField('itHappens', (t) => Reflect.apply(Reflect.get(t, member), t, [{}]))
    }
    expect(() => compose(one({ schema: by('int') }))).toThrow(
      'one: Subscription.itHappens is declared by t.int. Declare it by t.field, with `on` and `resolve`.',
    )
    const several = (builder: PluginSchemaBuilder) => void Reflect.get(builder, 'subscriptionFields')
    expect(() => compose(one({ schema: several }))).toThrow('Add each field by `subscriptionField`.')
  })
})
