import { beforeAll, describe, expect, it } from 'vitest'
import { composer, one } from './compose-plugins.ts'
import { type AddFields, grade, member, relation } from './schema-field-makers.ts'

let compose: Awaited<ReturnType<typeof composer>>
beforeAll(async () => {
  compose = await composer()
})

const schema = (add: AddFields) => one({ schema: add })

describe('the schema of a plugin is refused when it', () => {
  it.each<[string, AddFields, RegExp]>([
    ...['mutationField', 'mutationType', 'mutationFields'].map((name): [string, AddFields, RegExp] => [
      `adds a mutation by ${name}`,
      (builder) => member(builder, name)('rate', () => undefined),
      /^one: .*mutation.*`defineOperation`/,
    ]),
    ...['prismaObject', 'prismaNode', 'prismaInterface'].map((name): [string, AddFields, RegExp] => [
      `defines an object by ${name}`,
      (builder) => member(builder, name)('Account', {}),
      new RegExp(`^one: .*${name}.*\`defineObject\``),
    ]),
    ['builds the schema itself', (builder) => member(builder, 'toSchema')(), /^one: .*toSchema.*platform/],
    [
      'adds a root field without a permission',
      (builder) => builder.queryField('grades', (t) => t.int({ description: 'G.', resolve: () => 1 })),
      /^one: Query\.grades .*Add `permission`/,
    ],
    [
      'adds a root field with a permission that does not exist',
      (builder) =>
        builder.queryField('grades', (t) => t.int({ description: 'G.', permission: 'acount:read', resolve: () => 1 })),
      /^one: Query\.grades .*acount:read/,
    ],
    [
      'adds a root field with a guard of its own',
      (builder) =>
        builder.queryField('grades', (t) =>
          t.int({
            description: 'G.',
            permission: 'account:read',
            extensions: { guard: { kind: 'guarded inside' } },
            resolve: () => 1,
          }),
        ),
      /^one: Query\.grades has the extension guard, which the platform sets/,
    ],
    [
      'adds a root field with a name that exists',
      (builder) =>
        builder.queryField('accounts', (t) =>
          t.int({ description: 'G.', permission: 'account:read', resolve: () => 1 }),
        ),
      /Query\.accounts.*one/,
    ],
    [
      'adds a root field with a name that GraphQL reserves',
      (builder) =>
        builder.queryField('__accounts', (t) =>
          t.int({ description: 'G.', permission: 'account:read', resolve: () => 1 }),
        ),
      /__accounts.*one|one.*__accounts/,
    ],
    [
      'adds a field with a name that exists',
      (builder, { Account }) =>
        builder.prismaObjectField(Account, 'name', (t) =>
          t.string({ description: 'N.', nullable: true, select: { id: true }, resolve: () => 'x' }),
        ),
      /Account\.name.*one/,
    ],
    [
      'adds several fields, one with a name that exists',
      (builder, { Account }) =>
        builder.prismaObjectFields(Account, (t) => ({
          industry: t.string({ description: 'N.', nullable: true, select: { id: true }, resolve: () => 'x' }),
        })),
      /Account\.industry.*one/,
    ],
    [
      'defines a type with a name that exists',
      (builder) => builder.enumType('Money', { values: ['A'] as const }),
      /Money.*one|one.*Money/,
    ],
    ['names an unknown object', (builder, objects) => objects['Acount' as 'Account'] && builder, /^one: .*Acount/],
    ['extends an abstract object', (_, { Interaction }) => Interaction, /^one: Interaction is abstract.*`extend`/],
    [
      'throws',
      () => {
        throw new Error('no luck')
      },
      /^one: .*`schema`.*no luck/,
    ],
    [
      'throws in the function that returns its fields',
      (builder, { Account }) =>
        builder.prismaObjectFields(Account, () => {
          throw new Error('no luck')
        }),
      /one: .*no luck/,
    ],
    ['selects nothing', grade({}), /^one: Account\.grade selects nothing.*`select`/],
    ['selects an unknown column', grade({ select: { nme: true } }), /^one: Account\.grade .*nme/],
    [
      'selects a column that no field publishes',
      grade({ select: { searchText: true } }),
      /^one: Account\.grade .*searchText/,
    ],
    [
      'selects an unknown relation',
      grade({ select: { bosses: { select: { id: true } } } }),
      /^one: Account\.grade .*bosses/,
    ],
    [
      'selects an unknown column of a relation',
      grade({ select: { owner: { select: { nme: true } } } }),
      /^one: Account\.grade .*nme/,
    ],
    [
      'selects a column of a relation that no field publishes',
      grade({ select: { parent: { select: { searchText: true } } } }),
      /^one: Account\.grade .*searchText/,
    ],
    [
      'selects a table that the API does not show',
      grade({ select: { owner: { select: { Session_user: true } } } }),
      /^one: Account\.grade .*Session_user/,
    ],
    [
      'selects by `include`',
      grade({ select: { owner: { include: { manager: true } } } }),
      /^one: Account\.grade .*`include`/,
    ],
    [
      'selects by `distinct`',
      grade({ select: { Contact_account: { distinct: ['lastName'] } } }),
      /^one: Account\.grade .*`distinct`/,
    ],
    [
      'filters by related rows',
      grade({ select: { Account_parent: { where: { owner: { displayName: 'x' } } } } }),
      /^one: Account\.grade .*owner.*`resolve`/,
    ],
    [
      'filters by an operator that can not be compiled',
      grade({ select: { Account_parent: { where: { name: { search: 'x' } } } } }),
      /^one: Account\.grade .*`search`/,
    ],
    [
      'orders by related rows',
      grade({ select: { Account_parent: { orderBy: { owner: { id: 'asc' } } } } }),
      /^one: Account\.grade .*`orderBy`/,
    ],
    ['takes too many', grade({ select: { Account_parent: { take: 1_001 } } }), /^one: Account\.grade .*take.*1,?000/],
    ['takes a negative number', grade({ select: { Account_parent: { take: -1 } } }), /^one: Account\.grade .*take/],
    [
      'takes some of a relation to one record',
      grade({ select: { owner: { take: 1 } } }),
      /^one: Account\.grade .*owner.*take/,
    ],
    [
      'counts a relation to one record',
      grade({ select: { _count: { select: { owner: true } } } }),
      /^one: Account\.grade .*owner/,
    ],
    [
      'selects by what the context has only later',
      grade({ select: (_args: unknown, { settings }: { settings: unknown }) => ({ name: settings !== null }) }),
      /^one: .*Account\.grade uses `context\.settings`, which does not exist yet\. It may use now, today, actor, can/,
    ],
    [
      'selects what the client selects',
      grade({ select: (_args: unknown, _context: unknown, nested: () => object) => ({ owner: nested() }) }),
      /^one: Account\.grade .*`t\.relation`/,
    ],
    [
      'leads by an unknown relation',
      relation('bosses', { type: 'User' }),
      /^one: .*Account\.grade.*bosses|^one: .*bosses/,
    ],
    [
      'leads to another object than the relation',
      relation('parent', { type: 'Contact' }),
      /^one: Account\.grade .*parent.*Contact/,
    ],
    ['leads to an abstract object', relation('owner', { type: 'Actor' }), /^one: Account\.grade .*Actor.*`type: User`/],
    [
      'orders a relation by related rows',
      relation('Account_parent', { type: 'Account', query: { orderBy: { owner: { id: 'asc' } } } }),
      /^one: Account\.grade .*`orderBy`/,
    ],
    [
      'leads to more records than a list may have',
      relation('Account_parent', { type: 'Account', query: { take: 5_000 } }),
      /^one: Account\.grade .*take.*1,?000/,
    ],
  ])('%s', (_what, add, message) => {
    expect(() => compose(schema(add))).toThrow(message)
    expect(() => compose(schema(add))).toThrow(expect.objectContaining({ name: 'CompositionError' }))
  })

  it.each(['prismaObjectField', 'prismaObjectFields', 'objectField', 'objectFields', 'interfaceField'])(
    'names an object by a string in %s, where types promise columns that nothing selects',
    (name) => {
      const add: AddFields = (builder) => member(builder, name)('Account', 'grade', () => undefined)
      expect(() => compose(schema(add))).toThrow(/^one: .*'Account'.*objects\.Account/)
    },
  )
})
