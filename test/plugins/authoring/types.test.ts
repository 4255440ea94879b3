import { describe, expectTypeOf, it } from 'vitest'
import {
  condition,
  defineOperation,
  definePlugin,
  defineQuery,
  defineUserError,
  type PluginContext,
  sql,
  userError,
  type Values,
  z,
} from '../../../src/plugin.ts'

const waiver = {
  name: 'WaiverInput',
  description: 'A waiver.',
  fields: {
    id: { type: 'ID', isRequired: true, description: 'Of what.' },
    reasons: { type: 'String', isList: true, description: 'Why.' },
  },
} as const

/** The compiler checks these types; nothing is checked at run time. */
describe('the TypeScript types of', () => {
  it("an operation's input follow from the fields that the operation declares", () => {
    defineOperation({
      name: 'open',
      description: 'Opens.',
      permission: null,
      input: {
        id: { type: 'ID', isRequired: true, description: 'Which.' },
        count: { type: 'Int', description: 'How many.' },
        at: { type: 'DateTime', isRequired: true, description: 'When.' },
        on: { type: 'Date', description: 'On which day.' },
        price: { type: 'Decimal', description: 'For how much.' },
        names: { type: 'String', isList: true, isRequired: true, description: 'Names.' },
        priority: { type: 'TaskPriority', isRequired: true, description: 'An enum of the models.' },
        waivers: { type: waiver, isList: true, description: 'Waivers.' },
        accounts: { type: 'CreateAccountInput', isList: true, isRequired: true, description: 'Of the API.' },
        anything: { type: 'JSON', isRequired: true, description: 'Whatever.' },
      },
      payload: {},
      async run(input) {
        expectTypeOf(input.id).toEqualTypeOf<string>()
        expectTypeOf(input.count).toEqualTypeOf<number | null | undefined>()
        expectTypeOf(input.at).toEqualTypeOf<Date>()
        expectTypeOf(input.on).toEqualTypeOf<string | null | undefined>()
        expectTypeOf(input.price).toEqualTypeOf<string | null | undefined>()
        expectTypeOf(input.names).toEqualTypeOf<readonly string[]>()
        expectTypeOf(input.priority).toEqualTypeOf<'LOW' | 'NORMAL' | 'HIGH' | 'URGENT'>()
        expectTypeOf(input.accounts).toEqualTypeOf<readonly Values[]>()
        expectTypeOf(input.anything).toEqualTypeOf<unknown>()
        const [first] = input.waivers ?? []
        expectTypeOf(first?.id).toEqualTypeOf<string | undefined>()
        expectTypeOf(first?.reasons).toEqualTypeOf<readonly string[] | null | undefined>()
        // @ts-expect-error It declares no such field.
        void input.other
        return { values: {}, userErrors: [] }
      },
    })
  })

  it("a query's arguments follow from the arguments that the query declares", () => {
    defineQuery({
      name: 'check',
      description: 'Checks.',
      permission: 'account:read',
      args: {
        names: { type: 'String', isList: true, description: 'Names.' },
        id: { type: 'ID', isRequired: true, description: 'Which.' },
      },
      answer: { type: 'Int' },
      async run(args) {
        expectTypeOf(args.names).toEqualTypeOf<readonly string[] | null | undefined>()
        expectTypeOf(args.id).toEqualTypeOf<string>()
        return 1
      },
    })
  })

  it('an argument of a query and a condition have only the options that `rapport plugin check` accepts', () => {
    defineQuery({
      name: 'check',
      description: 'Checks.',
      permission: 'account:read',
      args: {
        // @ts-expect-error Only an argument of a source has a permission.
        name: { type: 'String', description: 'A name.', permission: 'account.name:read' },
      },
      answer: { type: 'Int' },
      run: async () => 1,
    })
    const always = { description: 'Always.', type: 'Boolean', where: () => sql`true` } as const
    condition({ ...always, sensitive: true })
    // @ts-expect-error A condition can't be deprecated.
    condition({ ...always, deprecated: 'Because.' })
  })

  it('a plugin and an error type have only known properties', () => {
    const base = { description: 'Shops.', version: '1.0.0', api: '^1.0.0' }
    definePlugin({ id: 'shop', ...base, reads: ['tasks'] })
    // @ts-expect-error A misspelt property.
    definePlugin({ id: 'shop', ...base, raeds: ['tasks'] })
    // @ts-expect-error A property that error types don't have.
    defineUserError({ name: 'PlainError', description: 'No.', code: 'PLAIN', message: 'No.' })
  })

  it('settings follow from the settings schema (zod), and the types of columns in an upsert from the model', () => {
    const schema = z.object({ days: z.int().default(3), code: z.string().optional() })
    void (async ({ settings, records }: PluginContext) => {
      const { days, code } = await settings(schema)
      expectTypeOf(days).toEqualTypeOf<number>()
      expectTypeOf(code).toEqualTypeOf<string | undefined>()
      await records.upsert(
        'Account',
        { name: 'A' },
        {
          isNewer: (told, known) => {
            expectTypeOf(told.updatedAt).toEqualTypeOf<Date | undefined>()
            expectTypeOf(known.name).toEqualTypeOf<string>()
            return true
          },
        },
      )
      await records.upsert(
        'AnObjectWithoutModel',
        {},
        {
          isNewer: (told) => {
            expectTypeOf(told['anything']).toEqualTypeOf<unknown>()
            return true
          },
        },
      )
    })
  })

  it("a user error's details follow from the fields that its error type declares", () => {
    const mismatch = defineUserError({
      name: 'MismatchError',
      description: 'They do not match.',
      code: 'MISMATCH',
      fields: {
        expected: { type: 'Decimal', description: 'E.' },
        count: { type: 'Int', isNullable: true, description: 'C.' },
        ids: { type: 'ID', isList: true, description: 'I.' },
      },
    })
    const plain = defineUserError({ name: 'PlainError', description: 'No.', code: 'PLAIN' })
    userError(plain, null, 'No.')
    userError(mismatch, null, 'No.', { expected: '1.00', ids: [] })
    userError(mismatch, null, 'No.', { expected: '1.00', count: 2, ids: ['a'] })
    // @ts-expect-error It has required fields.
    userError(mismatch, null, 'No.')
    // @ts-expect-error A decimal is a text.
    userError(mismatch, null, 'No.', { expected: 1, ids: [] })
    // @ts-expect-error A field that it does not declare.
    userError(mismatch, null, 'No.', { expected: '1.00', ids: [], cuont: 2 })
  })
})
