import { sql } from '../../../src/platform/data/sql.ts'
import { definePlugin } from '../../../src/platform/declare/plugin.ts'

declare module '../../../src/platform/declare/schema-builder.ts' {
  interface PluginScalars {
    RatingStars: { Input: never; Output: number }
  }
}

/** The keys of each call of the service outside. */
export const lookUps: (readonly string[])[] = []

/** A plugin whose `schema` uses every way to add fields. */
export const rating = definePlugin({
  id: 'rating',
  description: 'Rates accounts.',
  version: '1.0.0',
  api: '^1.0.0',
  permissions: ['account:read', 'user:read', 'contact:read', 'task:read'],
  schema(builder, { Account, Contact, User, Task }) {
    // The values in code are not the names, and one is the name of another.
    const Level = builder.enumType('RatingLevel', {
      description: 'How good it is.',
      values: { LOW: { value: 'HIGH', description: 'Low.' }, HIGH: { value: 2, description: 'High.' } },
    })
    const Stars = builder.scalarType('RatingStars', {
      description: 'One star for each point, such as `***`.',
      serialize: (value) => {
        if (typeof value !== 'number') throw new TypeError('Stars are made of a number.')
        return '*'.repeat(value)
      },
    })
    const Weights = builder.inputType('RatingWeights', {
      description: 'What counts how much.',
      fields: (t) => ({
        name: t.int({ required: true, description: 'Weight of the name.' }),
        level: t.field({ type: Level, defaultValue: 2, description: 'Level at least.' }),
      }),
    })
    const Scored = builder.interfaceRef<{ points: number }>('RatingScored').implement({
      description: 'What has points.',
      fields: (t) => ({ points: t.exposeInt('points', { description: 'Points.' }) }),
    })
    interface RatingShape {
      points: number
      why: (string | null)[]
      accountId: string
    }
    const Rating = builder.objectRef<RatingShape>('Rating').implement({
      description: 'How good it is.',
      interfaces: [Scored],
      isTypeOf: (value) => Object.hasOwn(Object(value), 'why'),
      fields: (t) => ({
        level: t.field({ type: Level, description: 'Level.', resolve: ({ points }) => (points > 4 ? 2 : 'HIGH') }),
        stars: t.field({ type: Stars, description: 'Stars.', resolve: ({ points }) => points }),
        worth: t.field({ type: 'Decimal', description: 'Worth.', resolve: ({ points }) => `${points}.50` }),
        why: t.field({
          type: t.listRef('String', { nullable: true }),
          description: 'Why.',
          resolve: ({ why }) => why.map((word) => (word === 'Broken' ? new Error('no word') : word)) as string[],
        }),
        account: t.field({
          type: Account,
          nullable: true,
          description: 'The account.',
          resolve: ({ accountId }) => accountId as never,
        }),
        outside: t.loadable({
          type: 'String',
          nullable: true,
          description: 'What another service knows.',
          load: async (keys: string[]) => {
            lookUps.push(keys)
            return keys.map((key) => (key === 'Broken' ? new Error('unknown') : key.toUpperCase()))
          },
          resolve: ({ why }) => why[0] ?? '',
        }),
      }),
    })
    const Word = builder.objectRef<{ word: string }>('RatingWord').implement({
      description: 'A word.',
      fields: (t) => ({ word: t.exposeString('word', { description: 'The word.' }) }),
    })
    const Thing = builder.unionType('RatingThing', {
      description: 'A rating or a word.',
      types: [Rating, Word],
      resolveType: (value) => ('word' in value ? 'RatingWord' : 'Rating'),
    })
    const Sheet = builder.loadableObject('RatingSheet', {
      description: 'A sheet of another service.',
      load: async (keys: string[]) => {
        lookUps.push(keys)
        return keys.map((key) => ({ key }))
      },
      fields: (t) => ({ key: t.exposeString('key', { description: 'Its key.' }) }),
    })
    builder.prismaObjectFields(Account, (t) => ({
      rating: t.field({
        type: Rating,
        nullable: true,
        description: 'The rating.',
        args: {
          bonus: t.arg.int({ defaultValue: 0, required: true, description: 'More points.' }),
          weights: t.arg({ type: Weights, description: 'What counts.' }),
        },
        select: { id: true, name: true, owner: { select: { displayName: true } } },
        resolve: ({ id, name, owner }, { bonus, weights }) => ({
          accountId: id,
          points: name.length * (weights?.name ?? 1) + bonus + (weights?.level === 2 ? 1 : 0),
          why: [name, owner?.displayName ?? null],
        }),
      }),
      ratingThings: t.field({
        type: [Thing],
        description: 'All that is known.',
        select: { id: true, name: true },
        resolve: ({ id, name }) => [{ word: name }, { points: 1, why: [name], accountId: id }],
      }),
      scored: t.field({
        type: Scored,
        description: 'Something with points.',
        select: { id: true },
        resolve: ({ id }) => ({ points: 5, why: [], accountId: id }),
      }),
      sheet: t.field({ type: Sheet, description: 'Its sheet.', select: { name: true }, resolve: ({ name }) => name }),
      shoutedName: t.string({ description: 'N.', select: { name: true }, resolve: ({ name }) => name.toUpperCase() }),
      label: t.exposeString('name', { description: 'The name.' }),
      branches: t.relation('Account_parent', {
        type: Account,
        description: 'Branches.',
        args: {
          like: t.arg.string({ description: 'Part of the name.' }),
          take: t.arg.int({ description: 'How many.' }),
        },
        query: ({ like, take }) => ({
          orderBy: { name: 'desc' },
          ...(take ? { take } : {}),
          ...(like ? { where: { name: { contains: like, mode: 'insensitive' } } } : {}),
        }),
      }),
      boss: t.relation('owner', { type: User, nullable: true, description: 'Boss.' }),
      domainCount: t.relationCount('AccountDomain_account', {
        description: 'Domains.',
        where: { domain: { endsWith: '.example' } },
      }),
      worth: t.field({
        type: 'Money',
        description: 'What it is worth.',
        select: { id: true },
        resolve: () => ({ amount: '1.00', currency: 'EUR' }),
      }),
      cutName: t.string({
        description: 'The name from the letter.',
        args: { from: t.arg.string({ description: 'Letter.' }) },
        select({ from }) {
          if (!from) throw new Error('There is no letter.')
          return from === 'i' ? { id: true } : { name: true }
        },
        resolve: (account) => String(Reflect.get(account, 'name')),
      }),
      broken: t.string({
        description: 'Never there.',
        select: { name: true },
        resolve: ({ name }) => {
          if (name.startsWith('A')) throw new Error('secret words')
          return name
        },
      }),
      wrong: t.int({ description: 'N.', select: { id: true }, resolve: () => 'seven' as never }),
      empty: t.string({ description: 'N.', select: { id: true }, resolve: () => null as never }),
      half: t.field({
        type: Rating,
        description: 'A part of it is missing.',
        select: { id: true },
        resolve: ({ id }) => ({ points: null as never, why: [], accountId: id }),
      }),
      sqlFails: t.string({
        description: 'N.',
        select: { id: true },
        resolve: async (_account, _args, { transaction }) => {
          await transaction.query(sql`select 1 / (select 0)`)
          return ''
        },
      }),
    }))
    builder.prismaObjectField(Contact, 'initials', (t) =>
      t.string({
        description: 'First letters.',
        select: { firstName: true, lastName: true },
        resolve: ({ firstName, lastName }) => `${firstName?.[0] ?? ''}${lastName?.[0] ?? ''}`,
      }),
    )
    builder.prismaObjectField(User, 'badge', (t) =>
      t.string({ description: 'B.', select: { displayName: true }, resolve: (user) => `<${user.displayName}>` }),
    )
    builder.prismaObjectField(Task, 'words', (t) =>
      t.int({ description: 'Words.', select: { title: true }, resolve: (task) => task.title.split(' ').length }),
    )
    builder.queryField('bestAccounts', (t) =>
      t.prismaField({
        type: [Account],
        description: 'The best.',
        permission: 'account:read',
        args: { like: t.arg.string({ required: true, description: 'Part of the name.' }) },
        resolve: (query, _root, { like }, { prisma }) =>
          prisma.account.findMany({
            ...query,
            where: { name: { contains: like } },
            orderBy: { name: 'desc' },
            take: 5,
          }),
      }),
    )
    builder.queryField('ratingCount', (t) =>
      t.int({ description: 'C.', permission: 'account:read', resolve: (_r, _a, { prisma }) => prisma.account.count() }),
    )
  },
})
