import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import { type PluginContext, type PluginPrisma, sql } from '../../src/plugin.ts'
import { testPlugin } from '../../test/plugins/guarded-plugin.ts'
import { modelOf } from '../../test/plugins/tally/plugin.ts'

/** A plugin with the tables of `test/plugins/tally`, whose unrestricted client reads accounts and actors as they are. */
export const tally = testPlugin('tally', {
  permissions: ['account:read', 'user:read'],
  reads: ['accounts', 'actors'],
})

const PARENTS = 200
const CHILDREN = 3

/** Inserts accounts with an owner, each with three accounts below it. Returns their ids. */
export async function insertAccounts(ownerPool: Pool, workspaceId: string, actorId: string): Promise<string[]> {
  const { rows } = await ownerPool.query<{ id: string }>(
    `insert into accounts (workspace_id, id, name, industry, website, phone, tier, owner_id, created_by_id, updated_by_id)
     select $1, gen_random_uuid(), 'Account ' || n, 'Retail', 'acme.example', '+4930901820', 'Gold', $2, $2, $2
     from generate_series(1, $3) n returning id`,
    [workspaceId, actorId, PARENTS],
  )
  await ownerPool.query(
    `insert into accounts (workspace_id, id, name, parent_id, owner_id, created_by_id, updated_by_id)
     select workspace_id, gen_random_uuid(), name || ' child ' || n, id, owner_id, created_by_id, updated_by_id
     from accounts, generate_series(1, $2) n where workspace_id = $1 and parent_id is null`,
    [workspaceId, CHILDREN],
  )
  await ownerPool.query('analyze accounts')
  return rows.map(({ id }) => id)
}

/** Something that is done by SQL and by Prisma Client. Each function does it once, and returns what it has read. */
export interface Case {
  readonly name: string
  /** Number of calls that are measured together. */
  readonly calls: number
  readonly bySql: (context: PluginContext, id: string) => Promise<unknown>
  readonly byPrisma: (prisma: PluginPrisma, context: PluginContext, id: string) => Promise<unknown>
}

const select = {
  id: true,
  name: true,
  industry: true,
  website: true,
  phone: true,
  tier: true,
  version: true,
  createdAt: true,
} as const
const columns = sql`a.id, a.name, a.industry, a.website, a.phone, a.tier, a.version, a.created_at as "createdAt"`

export const CASES: readonly Case[] = [
  {
    name: 'findUnique, 8 columns',
    calls: 400,
    bySql: async ({ transaction: { workspaceId }, unrestricted: { query } }, id) =>
      query(sql`select ${columns} from accounts a where a.workspace_id = ${workspaceId}::uuid and a.id = ${id}::uuid`),
    byPrisma: (prisma, { transaction: { workspaceId } }, id) =>
      prisma.account.findUnique({ where: { workspaceId_id: { workspaceId, id } }, select }),
  },
  {
    name: 'findMany, 20 of 8 columns',
    calls: 200,
    bySql: ({ transaction: { workspaceId }, unrestricted: { query } }) =>
      query(sql`select ${columns} from accounts a where a.workspace_id = ${workspaceId}::uuid
        and a.deleted_at is null order by a.name, a.id limit 20`),
    byPrisma: (prisma) => prisma.account.findMany({ orderBy: [{ name: 'asc' }, { id: 'asc' }], take: 20, select }),
  },
  {
    name: 'findMany, 20 with owner and 3 children',
    calls: 100,
    bySql: ({ transaction: { workspaceId }, unrestricted: { query } }) =>
      query(sql`select ${columns}, o.display_name as owner, c.children from accounts a
        left join actors o on o.workspace_id = a.workspace_id and o.id = a.owner_id
        left join lateral (select jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name) order by s.id) as children
          from (select b.id, b.name from accounts b where b.workspace_id = a.workspace_id and b.parent_id = a.id
            and b.deleted_at is null order by b.id limit 3) s) c on true
        where a.workspace_id = ${workspaceId}::uuid and a.parent_id is null and a.deleted_at is null
        order by a.name, a.id limit 20`),
    byPrisma: (prisma) =>
      prisma.account.findMany({
        where: { parentId: null },
        orderBy: [{ name: 'asc' }, { id: 'asc' }],
        take: 20,
        select: {
          ...select,
          owner: { select: { displayName: true } },
          Account_parent: { orderBy: { id: 'asc' }, take: 3, select: { id: true, name: true } },
        },
      }),
  },
  {
    name: 'create in an own table',
    calls: 200,
    bySql: ({ transaction: { query, workspaceId }, newId }) =>
      query(sql`insert into tally_entries (workspace_id, id, code, count)
        values (${workspaceId}::uuid, ${newId()}::uuid, ${randomUUID()}, 1) returning id, code, count`),
    byPrisma: (prisma, { transaction: { workspaceId }, newId }) =>
      modelOf(prisma).create({ data: { workspaceId, id: newId(), code: randomUUID(), count: 1 } }),
  },
  {
    name: 'update in an own table',
    calls: 200,
    bySql: ({ transaction: { query, workspaceId } }) =>
      query(sql`update tally_entries set count = count + 1 where workspace_id = ${workspaceId}::uuid and code = 'bench'
        returning id, code, count`),
    byPrisma: (prisma, { transaction: { workspaceId } }) =>
      modelOf(prisma).update({
        where: { workspaceId_code: { workspaceId, code: 'bench' } },
        data: { count: { increment: 1 } },
      }),
  },
]
