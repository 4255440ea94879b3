/**
 * SQL of the rights of an actor: a lateral subquery `rights` with the jsonb columns `roles` and `scope_members`, joined
 * to a row `a` of `actors`. The database function `rapport_reach` returns the scope members (teams, teammates,
 * subordinates, sharing rules). It is called only for an actor with a scope (`@`) in the permissions of its roles or in
 * its key scopes. The statements of reads then contain plain lists of ids: with subqueries instead, PostgreSQL would
 * spend more time on planning each nested list than on reading it. `offset 0` keeps PostgreSQL from merging the
 * subquery into the statement, which would call the function for each use of `scope_members`.
 *
 * Authentication and live streams use the same SQL: a stream keeps the `RIGHTS_VERSION` with which its actor was
 * authenticated, and ends when the current `RIGHTS_VERSION` of the actor differs.
 */
export const RIGHTS = `lateral (
    select assigned.roles,
           case when assigned.roles::text like '%@%' or a.scopes::text like '%@%'
             then rapport_reach(a.workspace_id, a.id) else '{}' end as scope_members
    from (
      select coalesce(
        jsonb_agg(jsonb_build_object('id', r.id, 'name', r.name, 'permissions', r.permissions) order by r.name), '[]'
      ) as roles
      from actor_roles ar join roles r on r.workspace_id = ar.workspace_id and r.id = ar.role_id
      where ar.workspace_id = a.workspace_id and ar.actor_id = a.id and r.deleted_at is null
    ) assigned
    offset 0
  ) rights`

/**
 * SQL of a hash that changes with the rights of an actor. It leaves out record grants, which every read looks up anew.
 * It includes the hash of an API key's secret, so that streams opened with the old secret end when it is replaced.
 */
export const RIGHTS_VERSION = `md5(jsonb_build_array(a.key_hash, a.scopes, rights.roles, rights.scope_members)::text)`

/**
 * Returns SQL of a hash that changes with the settings and disabled rules of the plugins of a workspace: conditions and
 * access rules depend on them. Settings of the installation are not in it.
 * @param workspaceId SQL of the workspace's id.
 */
export const pluginsVersion = (workspaceId: string) => `(
    select md5(coalesce(jsonb_agg(jsonb_build_array(pa.plugin_id, pa.settings, pa.disabled_rules) order by pa.plugin_id), '[]')::text)
    from plugin_activations pa
    where pa.workspace_id = ${workspaceId} and (pa.settings <> '{}' or pa.disabled_rules <> '{}')
  )`
