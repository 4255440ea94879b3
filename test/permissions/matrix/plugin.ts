import { definePlugin, type Plugin } from '../../../src/platform/declare/plugin.ts'
import { defineQuery } from '../../../src/platform/declare/query.ts'

/** A plugin whose query returns whatever `records.find` returns, with these permissions in its manifest. */
function probe(id: string, permissions: NonNullable<Plugin['permissions']>): Plugin {
  return definePlugin({
    id,
    description: 'Looks at everything.',
    version: '1.0.0',
    api: '^1.0.0',
    permissions,
    queries: [
      defineQuery({
        name: `${id}Records`,
        description: 'Records of an object, as a plugin finds them.',
        permission: 'account:read',
        args: {
          object: { type: 'String', isRequired: true, description: 'The object.' },
          filter: { type: 'String', description: 'The filter, as JSON.' },
        },
        answer: { type: 'String' as const, isNullable: true },
        async run({ object, filter }, { records }) {
          const asked = typeof filter === 'string' ? { filter: JSON.parse(filter) } : {}
          return JSON.stringify(await records.find(String(object), { ...asked, first: 1_000 }))
        },
      }),
    ],
  })
}

/** Adds fields to several objects that show columns and related records, also by code that returns ids of records. */
export const schemaProbe = definePlugin({
  id: 'schemaprobe',
  description: 'Selects much.',
  version: '1.0.0',
  api: '^1.0.0',
  permissions: ['*:*'],
  schema(builder, { Account, Contact, Task, User }) {
    builder.prismaObjectFields(Account, (t) => ({
      probedName: t.exposeString('name', { description: 'The name.' }),
      probedParent: t.relation('parent', { type: Account, nullable: true, description: 'The parent.' }),
      probedOwner: t.relation('owner', { type: User, nullable: true, description: 'The owner.' }),
      probedBranches: t.relation('Account_parent', {
        type: Account,
        description: 'The branches.',
        args: { take: t.arg.int({ description: 'How many.' }) },
        query: ({ take }) => ({ take: Math.min(Math.max(take ?? 50, 0), 50), orderBy: { name: 'asc' } }),
      }),
      probedCode: t.field({
        type: Account,
        nullable: true,
        description: 'The parent, by code.',
        select: { parent: { select: { id: true } } },
        resolve: ({ parent }) => parent as never,
      }),
      probedAll: t.field({
        type: 'JSON',
        nullable: true,
        description: 'Columns of the account and of related ones.',
        select: {
          industry: true,
          website: true,
          parent: { select: { name: true, industry: true } },
          Account_parent: { select: { name: true, industry: true } },
        },
        resolve: (account) => account,
      }),
    }))
    builder.prismaObjectField(Contact, 'probedNames', (t) =>
      t.stringList({
        nullable: true,
        description: 'The names.',
        select: { firstName: true, lastName: true },
        resolve: ({ firstName, lastName }) => [firstName ?? '', lastName ?? ''],
      }),
    )
    builder.prismaObjectField(Task, 'probedTitle', (t) =>
      t.string({ nullable: true, description: 'T.', select: { title: true }, resolve: ({ title }) => title }),
    )
    builder.queryField('probedAccounts', (t) =>
      t.prismaField({
        type: [Account],
        nullable: true,
        description: 'All accounts.',
        permission: 'account:read',
        resolve: (query, _root, _args, { prisma }) => prisma.account.findMany({ ...query, take: 1_000 }),
      }),
    )
  },
})

/** May do everything, so that only the caller's permissions limit its answers. */
export const wideProbe = probe('wide', ['*:*'])
/** May read only one field of one object. */
export const narrowProbe = probe('narrow', ['account.name:read'])
