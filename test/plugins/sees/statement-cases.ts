import { type Sql, sql } from '../../../src/platform/data/sql.ts'
import type { PluginContext } from '../../../src/platform/declare/plugin-context.ts'

/** Builds a statement with the context of the plugin `leases`. */
export type Build = (context: PluginContext) => Sql

const lease = ({ sees }: PluginContext) => sees('Lease', sql`l`)
const tenant = ({ sees }: PluginContext) => sees('LeaseTenant', sql`t`)

/** Statements that read without `sees`: what they read, the refusal and the statement. */
export const unseen: readonly (readonly [string, RegExp, Build])[] = [
  [
    'a table without alias',
    /reads leases_leases without .*sees\('Lease', sql`leases_leases`\)/,
    () => sql`select from leases_leases`,
  ],
  [
    'a table with an alias',
    /leases_leases \(as l\).*sees\('Lease', sql`l`\)/,
    () => sql`select from leases_leases as l`,
  ],
  ['a quoted alias', /sees\('Lease', sql`"L"`\)/, () => sql`select from public.leases_leases "L"`],
  ['the command TABLE', /reads leases_leases/, () => sql`with x as (table leases_leases) select from x`],
  ['a table of core', /sees\('Contact', sql`c`\)/, () => sql`select from contacts c`],
  ['the items of a record', /sees\('LeaseTenant', sql`t`\)/, () => sql`select from leases_tenants t`],
  ['the items of a record of core', /sees\('ContactEmail', sql`e`\)/, () => sql`select from contact_emails e`],
  ['a link between records', /sees\('AccountContact', sql`a`\)/, () => sql`select from account_contacts a`],
  [
    'a table that stores no records of the API',
    /reads audit_seals, and `sees` can't/,
    () => sql`select from audit_seals`,
  ],
  [
    'a second table in a join',
    /sees\('Account', sql`a`\)/,
    (context) => sql`select from leases_leases l left join accounts a on a.id = l.account_id where ${lease(context)}`,
  ],
  [
    'a table in a list of tables',
    /sees\('Account', sql`a`\)/,
    (context) => sql`select from leases_leases l, accounts a where ${lease(context)}`,
  ],
  [
    'a table of a lateral subquery',
    /sees\('LeaseTenant', sql`t`\)/,
    (context) =>
      sql`select from leases_leases l, lateral (select from leases_tenants t where t.lease_id = l.id) x where ${lease(context)}`,
  ],
  [
    'a subquery with the same alias',
    /reads leases_tenants \(as l\)/,
    (context) => sql`select from leases_leases l where ${lease(context)} and exists (select from leases_tenants l)`,
  ],
  [
    'the other side of a union',
    /reads leases_leases \(as m\)/,
    (context) => sql`select id from leases_leases l where ${lease(context)} union all select id from leases_leases m`,
  ],
  [
    'a common table expression',
    /reads leases_leases/,
    () => sql`with x as (select * from leases_leases) select from x`,
  ],
  [
    'a common table expression with the name of its table',
    /reads leases_leases/,
    () => sql`with leases_leases as (select * from leases_leases) select from leases_leases`,
  ],
  [
    'the query of an insert',
    /reads leases_leases \(as l\)/,
    () =>
      sql`insert into leases_counts (workspace_id, id, lease_count) select workspace_id, id, 1 from leases_leases l`,
  ],
  [
    'a table that an update uses',
    /reads leases_leases \(as l\)/,
    () => sql`update leases_counts c set lease_count = 1 from leases_leases l where l.id = c.id`,
  ],
  [
    'a table that a delete uses',
    /reads leases_leases \(as l\)/,
    () => sql`delete from leases_counts c using leases_leases l where l.id = c.id`,
  ],
  [
    'the source of a merge',
    /reads leases_leases \(as l\)/,
    () => sql`merge into leases_counts c using leases_leases l on l.id = c.id when matched then delete`,
  ],
  [
    'an update that returns rows',
    /reads leases_leases \(as l\)/,
    () => sql`update leases_leases l set rent = rent returning rent`,
  ],
  [
    'a delete that returns rows, in a common table expression',
    /reads leases_leases/,
    () => sql`with gone as (delete from leases_leases returning rent) select from gone`,
  ],
  [
    'an upsert that returns stored rows',
    /reads leases_leases/,
    () =>
      sql`insert into leases_leases (id) values (null) on conflict (workspace_id, id) do update set rent = 1 returning rent`,
  ],
  [
    'a function of the plugin',
    /calls leases_total\(\), which may read any record/,
    ({ transaction }) => sql`select leases_total(${transaction.workspaceId}::uuid)`,
  ],
  ['a search without its table', /calls contacts_search\(\)/, () => sql`select id from contacts_search('a')`],
  [
    'renamed columns',
    /renames the columns of leases_leases/,
    ({ sees }) => sql`select from leases_leases l (a, b, c) where ${sees('Lease', sql`l`)}`,
  ],
  ['SQL that is not valid', /syntax error/, () => sql`select from from`],
]

/** Statements that are sent. */
export const seen: readonly (readonly [string, Build])[] = [
  [
    'a condition for each table',
    (context) =>
      sql`select from leases_leases l join leases_tenants t on t.lease_id = l.id and ${tenant(context)} where ${lease(context)}`,
  ],
  [
    'a condition of an outer query in a subquery',
    (context) =>
      sql`select from leases_leases l where exists (select from leases_tenants t where ${tenant(context)} and ${lease(context)})`,
  ],
  [
    'a condition twice',
    (context) => sql`select count(*) filter (where ${lease(context)}) from leases_leases l where ${lease(context)}`,
  ],
  ['a quoted alias', ({ sees }) => sql`select from leases_leases "L x" where ${sees('Lease', sql`"L x"`)}`],
  ['an alias in upper case', ({ sees }) => sql`select from leases_leases L where ${sees('Lease', sql`L`)}`],
  [
    'the items and links of records of core',
    ({ sees }) =>
      sql`select from contact_emails e, account_contacts a where ${sees('ContactEmail', sql`e`)} and ${sees('AccountContact', sql`a`)}`,
  ],
  [
    'a search beside its table',
    ({ sees }) =>
      sql`select from contacts_search('a') s join contacts c on c.id = s.id where ${sees('Contact', sql`c`)}`,
  ],
  [
    'an update that returns only what the caller sees',
    (context) => sql`update leases_leases l set rent = rent where ${lease(context)} returning rent`,
  ],
  ['writes that return nothing', () => sql`with gone as (delete from leases_leases) update leases_leases set rent = 1`],
  [
    'an insert that returns its rows',
    ({
      transaction,
      actor,
      newId,
    }) => sql`insert into leases_leases (workspace_id, id, number, rent, created_by_id, updated_by_id)
    values (${transaction.workspaceId}::uuid, ${newId()}::uuid, 'new', 1, ${actor.id}::uuid, ${actor.id}::uuid) returning rent`,
  ],
  ['a table of the plugin that stores no records', () => sql`select from leases_counts`],
  [
    'a common table expression with the name of a table',
    () => sql`with leases_leases as (select 1) select from leases_leases`,
  ],
  ['functions of PostgreSQL', () => sql`select * from generate_series(1, 2) s (n), unnest(array[1]) u`],
]
