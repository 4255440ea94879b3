/** The data of a request, besides its body, that the values of a statement need. */
export interface Caller {
  readonly workspaceId: string
  readonly actorId: string
  /** Returns a new UUIDv7. */
  readonly newId: () => string
}

/** A statement whose only column, `answer`, is the text of the response. */
export interface Statement {
  readonly text: string
  /**
   * Whether PostgreSQL plans the statement once for all values. It does not for periods: without the start of a period it
   * can't know how many rows it has to read.
   */
  readonly isPrepared: boolean
  /** Returns the values of the placeholders, from the JSON body of the request. */
  readonly values: (input: Readonly<Record<string, unknown>>, caller: Caller) => readonly unknown[]
}

const ACCOUNT = `select json_build_object('id', a.id, 'version', a.version, 'name', a.name, 'type', a.type, 'industry', a.industry, 'website', a.website,
    'employeeCount', a.employee_count, 'createdAt', a.created_at)::text as answer
  from accounts a where a.workspace_id = $1::uuid and a.id = $2::uuid and a.deleted_at is null`

/**
 * Selects the page of accounts before joining other tables to it. It selects one row more than requested, to find out
 * whether there is a next page.
 */
const ACCOUNT_LIST = `
  with page as materialized (
    select id, name, industry, owner_id from accounts
    where workspace_id = $1::uuid and deleted_at is null and (name, id) > ($2::text, $3::uuid)
    order by name, id limit $4::int + 1)
  select json_build_object(
    'hasNextPage', (select count(*) > $4::int from page),
    'nodes', coalesce(json_agg(json_build_object(
      'id', p.id, 'name', p.name, 'industry', p.industry, 'cursor', json_build_array(p.name, p.id),
      'owner', (select json_build_object('id', o.id, 'displayName', o.display_name) from actors o where o.workspace_id = $1::uuid and o.id = p.owner_id),
      'contacts', coalesce((
        select json_agg(json_build_object('id', c.id, 'fullName', c.full_name, 'primaryEmail', c.primary_email)) from (
          select k.id, k.full_name, k.primary_email from account_contacts l
          join contacts k on k.workspace_id = l.workspace_id and k.id = l.contact_id
          where l.workspace_id = $1::uuid and l.account_id = p.id and k.deleted_at is null order by l.id limit 10) c), '[]'),
      'interactions', coalesce((
        select json_agg(json_build_object('kind', i.kind, 'id', i.id, 'subject', i.subject, 'occurredAt', i.occurred_at)) from (
          select n.kind, n.id, n.subject, n.occurred_at from timeline_entries t
          join interactions n on n.workspace_id = t.workspace_id and n.id = t.interaction_id
          where t.workspace_id = $1::uuid and t.record_id = p.id and n.deleted_at is null
          order by t.occurred_at desc, t.interaction_id desc limit 5) i), '[]')
    )), '[]'))::text as answer
  from (select * from page limit $4::int) p`

const DEEP_PAGE = `
  with page as materialized (
    select id, name, industry, type, employee_count, created_at from accounts
    where workspace_id = $1::uuid and industry = $2::text and deleted_at is null and (name, id) > ($3::text, $4::uuid)
    order by name, id limit $5::int + 1)
  select json_build_object(
    'hasNextPage', (select count(*) > $5::int from page),
    'nodes', coalesce(json_agg(json_build_object('id', p.id, 'name', p.name, 'industry', p.industry, 'type', p.type,
      'employeeCount', p.employee_count, 'createdAt', p.created_at)), '[]'),
    'endCursor', (array_agg(json_build_array(p.name, p.id)))[count(*)])::text as answer
  from (select * from page limit $5::int) p`

/** Groups first, and joins the names of the few actors afterwards. */
const INTERACTION_GROUPS = `
  select coalesce(json_agg(json_build_object('by', json_build_object('id', g.created_by_id, 'displayName', a.display_name),
    'month', g.month, 'count', g.count) order by g.created_by_id, g.month), '[]')::text as answer
  from (
    select created_by_id, date_trunc('month', occurred_at)::date as month, count(*) as count from interactions
    where workspace_id = $1::uuid and occurred_at >= $2::timestamptz and deleted_at is null group by 1, 2) g
  join actors a on a.workspace_id = $1::uuid and a.id = g.created_by_id`

const ACCOUNT_GROUPS = `
  select coalesce(json_agg(json_build_object(
    'by', case when a.id is not null then json_build_object('id', a.id, 'displayName', a.display_name) end,
    'month', g.month, 'count', g.count, 'employeeCount', g.employee_count, 'annualRevenue', g.annual_revenue)
    order by g.owner_id, g.month), '[]')::text as answer
  from (
    select owner_id, date_trunc('month', created_at)::date as month, count(*) as count, sum(employee_count) as employee_count,
      sum(annual_revenue_amount) as annual_revenue from accounts
    where workspace_id = $1::uuid and created_at >= $2::timestamptz and deleted_at is null group by 1, 2) g
  left join actors a on a.workspace_id = $1::uuid and a.id = g.owner_id`

const OPPORTUNITY_GROUPS = `
  select coalesce(json_agg(json_build_object(
    'by', case when a.id is not null then json_build_object('id', a.id, 'displayName', a.display_name) end,
    'month', g.month, 'count', g.count, 'amount', g.amount) order by g.owner_id, g.month), '[]')::text as answer
  from (
    select owner_id, date_trunc('month', created_at)::date as month, count(*) as count, sum(amount) as amount from opportunities
    where workspace_id = $1::uuid and created_at >= $2::timestamptz and deleted_at is null group by 1, 2) g
  left join actors a on a.workspace_id = $1::uuid and a.id = g.owner_id`

/** Inserts the record, its change in the log and its audit entry, as Rapport does. */
const CREATE_ACCOUNT = `
  with created as (
    insert into accounts (workspace_id, id, name, type, industry, website, employee_count, version, created_at, updated_at, created_by_id, updated_by_id)
    values ($1, $2, $3, $4, $5, $6, $7, 1, now(), now(), $8, $8) returning id, version, name, created_at),
  logged as (
    insert into changes (workspace_id, actor_id, operation, type, record_id, changed_fields)
    values ($1, $8, 'CREATED', 'Account', $2, '{name,type,industry,website,employeeCount}')),
  audited as (
    insert into audit_entries (workspace_id, id, actor_id, operation, type, record_id, version, changes)
    values ($1, $9, $8, 'CREATED', 'Account', $2, 1, $10))
  select json_build_object('id', id, 'version', version, 'name', name, 'createdAt', created_at)::text as answer from created`

/** The uuid that is sorted before all others. */
const LOWEST_UUID = '00000000-0000-0000-0000-000000000000'

/** Statements by the path of the request. */
export const STATEMENTS: Readonly<Record<string, Statement>> = {
  '/account': { text: ACCOUNT, isPrepared: true, values: ({ id }, { workspaceId }) => [workspaceId, id] },
  '/account-list': {
    text: ACCOUNT_LIST,
    isPrepared: true,
    values: ({ first, after }, { workspaceId }) => [workspaceId, ...position(after), first],
  },
  '/deep-page': {
    text: DEEP_PAGE,
    isPrepared: true,
    values: ({ first, after, industry }, { workspaceId }) => [workspaceId, industry, ...position(after), first],
  },
  '/interaction-groups': {
    text: INTERACTION_GROUPS,
    isPrepared: false,
    values: ({ since }, { workspaceId }) => [workspaceId, since],
  },
  '/account-groups': {
    text: ACCOUNT_GROUPS,
    isPrepared: false,
    values: ({ since }, { workspaceId }) => [workspaceId, since],
  },
  '/opportunity-groups': {
    text: OPPORTUNITY_GROUPS,
    isPrepared: false,
    values: ({ since }, { workspaceId }) => [workspaceId, since],
  },
  '/create-account': {
    text: CREATE_ACCOUNT,
    isPrepared: true,
    values: ({ name, type, industry, website, employeeCount }, { workspaceId, actorId, newId }) => {
      const changes = Object.fromEntries(
        Object.entries({ name, type, industry, website, employeeCount }).map(([field, to]) => [
          field,
          { from: null, to },
        ]),
      )
      return [
        workspaceId,
        newId(),
        name,
        type,
        industry,
        website,
        employeeCount,
        actorId,
        newId(),
        JSON.stringify(changes),
      ]
    },
  },
}

/** Returns the name and id in a cursor; without a cursor, values that are sorted before every row. */
function position(cursor: unknown): readonly unknown[] {
  return Array.isArray(cursor) ? cursor : ['', LOWEST_UUID]
}
