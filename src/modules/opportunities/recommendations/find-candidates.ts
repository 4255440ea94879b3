import { hiddenFromPlanner, type Sql, sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'

/** Whom products are recommended to: one of the two uuids. */
export interface Target {
  readonly accountId: string | null
  readonly opportunityId: string | null
}

/** A product that may be recommended, with the numbers of each reason; null where the reason does not apply. */
export interface Candidate {
  /** uuid of the product. */
  readonly product: string
  /** From 0 to 1, as a decimal. */
  readonly score: string
  /** Names of products of the basket that require it. */
  readonly requiredBy: readonly string[] | null
  /** The rule with the greatest confidence: numbers of accounts that bought the other product, this one, both, anything. */
  readonly rule: {
    readonly name: string
    readonly from: number
    readonly to: number
    readonly both: number
    readonly all: number
  } | null
  readonly gap: { readonly family: string; readonly buyers: number; readonly all: number } | null
}

interface Row extends Record<string, unknown> {
  readonly isFound: boolean
  readonly candidate: Candidate | null
}

/** Number of accounts that have to have bought both products of a rule: what a single account bought is no pattern. */
const LEAST_SUPPORT = 2

/** Returns products for the target, the best first; null when the target does not exist for the caller. */
export async function findCandidates(
  context: PluginContext,
  target: Target,
  limits: { readonly first: number; readonly months: number },
): Promise<readonly Candidate[] | null> {
  const rows = await context.transaction.query<Row>(statement(context, target, limits))
  return rows[0]?.isFound ? rows.flatMap(({ candidate }) => candidate ?? []) : null
}

/**
 * One statement. It reads the deals that were won within the months by the index of `closed_on`, and their lines: the rest
 * of the table is not read. By SQL, because it joins a set with itself. `bought` holds pairs of an account and a product
 * once, so that large orders do not count more than small ones.
 */
function statement(
  context: PluginContext,
  { accountId, opportunityId }: Target,
  { first, months }: { readonly first: number; readonly months: number },
): Sql {
  const { sees } = context
  const ws = hiddenFromPlanner(context.transaction.workspaceId)
  const usable = (alias: Sql, object: string) =>
    sql`${alias}.workspace_id = ${ws} and ${alias}.deleted_at is null and ${sees(object, alias)}`
  const lines = sql`join opportunity_lines l on l.workspace_id = o.workspace_id and l.opportunity_id = o.id
      join products p on p.id = l.product_id and ${usable(sql`p`, 'Product')}`
  const found = accountId
    ? sql`select a.id as account_id from accounts a where a.id = ${accountId}::uuid and ${usable(sql`a`, 'Account')}`
    : sql`select o.account_id from opportunities o where o.id = ${opportunityId}::uuid and ${usable(sql`o`, 'Opportunity')}`
  return sql`with target as materialized (${found}),
    bought as materialized (
      select distinct o.account_id, l.product_id from opportunities o ${lines}
      where o.status = 'WON' and o.account_id is not null and ${usable(sql`o`, 'Opportunity')}
        and o.closed_on > (${context.today}::date - make_interval(months => ${months}::int))::date
    ),
    basket as materialized (
      select b.product_id from bought b join target t on t.account_id = b.account_id
      union
      select l.product_id from opportunities o ${lines} where o.id = ${opportunityId}::uuid and ${usable(sql`o`, 'Opportunity')}
    ),
    total as materialized (select count(distinct account_id)::int as n from bought),
    buyers as materialized (select product_id, count(*)::int as n from bought group by product_id),
    pairs as (
      select k.product_id as from_id, other.product_id as to_id, count(*)::int as n
      from basket k join bought b on b.product_id = k.product_id
        join bought other on other.account_id = b.account_id
      where not exists (select from basket x where x.product_id = other.product_id) group by 1, 2
    ),
    rules as (
      select distinct on (pairs.to_id) pairs.to_id as product_id, pairs.n::numeric / f.n as confidence,
        jsonb_build_object('name', p.name, 'from', f.n, 'to', t.n, 'both', pairs.n, 'all', total.n) as rule
      from pairs join buyers f on f.product_id = pairs.from_id join buyers t on t.product_id = pairs.to_id cross join total
        join products p on p.workspace_id = ${ws} and p.id = pairs.from_id
      where pairs.n >= ${LEAST_SUPPORT}::int and pairs.n::bigint * total.n > f.n::bigint * t.n
      order by pairs.to_id, confidence desc, f.n desc, pairs.from_id
    ),
    constrained as (
      select c.kind, c.other_id as product_id, p.name from product_constraints c join basket k on k.product_id = c.product_id
        join products p on p.workspace_id = c.workspace_id and p.id = k.product_id where c.workspace_id = ${ws}
      union all
      select c.kind, c.product_id, p.name from product_constraints c join basket k on k.product_id = c.other_id
        join products p on p.workspace_id = c.workspace_id and p.id = k.product_id where c.workspace_id = ${ws} and c.kind = 'EXCLUDES'
    ),
    required as (
      select product_id, jsonb_agg(name order by name) as names from constrained where kind = 'REQUIRES' group by product_id
    ),
    gaps as (
      select distinct on (p.family) p.id as product_id, 0.5 * b.n / total.n as share,
        jsonb_build_object('family', p.family, 'buyers', b.n, 'all', total.n) as gap
      from buyers b join products p on p.id = b.product_id and p.is_active and ${usable(sql`p`, 'Product')} cross join total
      where p.family is not null and not exists (
        select from basket k join products own on own.workspace_id = ${ws} and own.id = k.product_id where own.family = p.family)
        and not exists (select from constrained c where c.product_id = p.id and c.kind = 'EXCLUDES')
      order by p.family, b.n desc, p.name, p.id
    ),
    scored as (
      select coalesce(r.product_id, u.product_id, g.product_id) as product_id,
        case when r.product_id is not null then 1 else coalesce(u.confidence, g.share) end as score, r.names, u.rule, g.gap
      from required r full join rules u using (product_id) full join gaps g on g.product_id = coalesce(r.product_id, u.product_id)
    )
    select exists (select from target) as "isFound", best.candidate
    from (select) one left join lateral (
      select s.score, p.name, p.id, jsonb_build_object('product', p.id, 'score', s.score::text, 'requiredBy', s.names, 'rule', s.rule, 'gap', s.gap) as candidate
      from scored s join products p on p.id = s.product_id and p.is_active and ${usable(sql`p`, 'Product')}
      where exists (select from target) and not exists (select from basket x where x.product_id = p.id)
        and not exists (select from constrained c where c.product_id = p.id and c.kind = 'EXCLUDES')
      order by s.score desc, p.name, p.id limit ${first}::int
    ) best on true order by best.score desc, best.name, best.id`
}
