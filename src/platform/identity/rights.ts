/**
 * SQL of what an actor has by its roles: `rights.roles` and `rights.reach`, jsonb, beside a row `a` of `actors`. Whom its scopes
 * reach is worked out here, and only for who has any, so that the statements of reads hold plain lists of ids: with subqueries
 * for it PostgreSQL would plan each nested list for longer than it reads it.
 * Requests and live streams share the text: a stream compares the two, and ends where they differ.
 */
export const RIGHTS = `lateral (
    select given.roles,
           case when given.roles::text like '%@%' or a.scopes::text like '%@%'
             then rapport_reach(a.workspace_id, a.id) else '{}' end as reach
    from (
      select coalesce(
        jsonb_agg(jsonb_build_object('id', r.id, 'name', r.name, 'permissions', r.permissions) order by r.name), '[]'
      ) as roles
      from actor_roles ar join roles r on r.workspace_id = ar.workspace_id and r.id = ar.role_id
      where ar.workspace_id = a.workspace_id and ar.actor_id = a.id and r.deleted_at is null
    ) given
    offset 0
  ) rights`

/**
 * SQL of a text that changes with anything that decides about an actor's rights and that a statement does not ask the tables
 * for by itself. An API key's secret is among it: what the old one opened ends when there is a new one.
 */
export const RIGHTS_VERSION = `md5(jsonb_build_array(a.key_hash, a.scopes, rights.roles, rights.reach)::text)`
