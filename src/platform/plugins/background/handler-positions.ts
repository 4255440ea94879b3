import type { Pool } from 'pg'
import { HORIZON } from '../../changes/read-changes.ts'
import { join, sql } from '../../data/sql.ts'
import type { Handler } from '../../declare/handler.ts'
import type { Plugin } from '../../declare/plugin.ts'
import type { UnitOfWork } from '../../request/context.ts'

/** A handler and the plugin that brought it. */
export interface OwnedHandler {
  readonly plugin: Plugin
  readonly handler: Handler
}

/** A handler to be given what comes next in a workspace. */
export interface DeliveryTask {
  readonly owned: OwnedHandler
  readonly workspaceId: string
}

/** A handler that has something to do in a workspace. */
export interface DueHandler {
  readonly workspaceId: string
  readonly name: string
}

/** The handlers of plugins, each with its plugin. */
export function handlersOf(loaded: readonly { readonly plugin: Plugin }[]): OwnedHandler[] {
  return loaded.flatMap(({ plugin }) => (plugin.handlers ?? []).map((handler) => ({ plugin, handler })))
}

/** What is due, with the handlers themselves. */
export function tasksOf(due: readonly DueHandler[], handlers: readonly OwnedHandler[]): DeliveryTask[] {
  return due.flatMap(({ workspaceId, name }) => {
    const owned = handlers.find(({ handler }) => handler.name === name)
    return owned ? [{ owned, workspaceId }] : []
  })
}

const OPERATIONS: NonNullable<Handler['on']['operations']> = ['CREATED', 'UPDATED', 'DELETED', 'RESTORED']

/** What the handler sees: its objects, and its operations or all of them. */
export function scopeOf({ on }: Handler): { readonly types: string[]; readonly operations: string[] } {
  return { types: [...on.types], operations: [...(on.operations ?? OPERATIONS)] }
}

/**
 * Gives the plugin's handlers their place in the work's workspace: the log's end, or where they stopped when the plugin
 * was put into quarantine, so that nothing is lost by that. Call it before the activation is changed.
 */
export async function startHandlers({ transaction }: UnitOfWork, plugin: Plugin): Promise<void> {
  const names = (plugin.handlers ?? []).map((handler) => handler.name)
  if (names.length === 0) return
  const wasQuarantined = sql`exists (select from plugin_activations pa
    where pa.workspace_id = h.workspace_id and pa.plugin_id = ${plugin.id} and pa.is_enabled and pa.quarantined_at is not null)`
  await transaction.query(
    sql`insert into plugin_handlers as h (workspace_id, name, xid, seq)
        select ${transaction.workspaceId}::uuid, name, ${HORIZON}, 0 from unnest(${names}::text[]) name
        on conflict (workspace_id, name) do update set
          xid = case when ${wasQuarantined} then h.xid else excluded.xid end,
          seq = case when ${wasQuarantined} then h.seq else excluded.seq end,
          attempts = 0, retry_at = null, last_error = null, updated_at = now()`,
  )
}

/** Removes the places and dead letters of a plugin's handlers in every workspace: it was taken out of the installation. */
export async function forgetHandlers(ownerPool: Pick<Pool, 'query'>, pluginId: string): Promise<void> {
  const prefix = `${pluginId}.`
  await ownerPool.query('delete from plugin_handlers where starts_with(name, $1)', [prefix])
  await ownerPool.query('delete from plugin_dead_letters where starts_with(handler, $1)', [prefix])
}

/** Gives handlers that a newer version of a plugin brought their place, the log's end, wherever the plugin is in use. */
export async function placeNewHandlers(ownerPool: Pool, handlers: readonly OwnedHandler[]): Promise<void> {
  const statement = sql`insert into plugin_handlers (workspace_id, name, xid, seq)
    select pa.workspace_id, w.name, ${HORIZON}, 0 from ${wanted(handlers)} join plugin_activations pa on pa.plugin_id = w.plugin
    where pa.is_enabled on conflict (workspace_id, name) do nothing`
  await ownerPool.query(statement.text, statement.values)
}

/** What there is to deliver. */
export interface Due {
  readonly due: readonly DueHandler[]
  /** Whether committed changes wait behind a transaction that still runs. */
  readonly isPending: boolean
}

/**
 * The handlers that have matching changes behind their place, in the workspaces named or, with null, in all. One statement,
 * whatever the number of workspaces and handlers. Whether something is pending is only told of workspaces named.
 */
export async function findDue(
  ownerPool: Pool,
  handlers: readonly OwnedHandler[],
  workspaceIds: readonly string[] | null,
): Promise<Due> {
  const among = workspaceIds === null ? sql`true` : sql`h.workspace_id = any(${[...workspaceIds]}::uuid[])`
  const pending =
    workspaceIds === null
      ? sql`false`
      : sql`exists (select from changes c where c.xid >= ${HORIZON}
          and c.workspace_id in (select h.workspace_id from plugin_handlers h where ${among}))`
  const statement = sql`with due as (
      select h.workspace_id, h.name from ${IN_USE(handlers)}
      where ${among} and (h.retry_at is null or h.retry_at <= now()) and ${MATCHES}
    )
    select (select jsonb_agg(jsonb_build_object('workspaceId', workspace_id, 'name', name)) from due) as due, ${pending} as "isPending"`
  const { rows } = await ownerPool.query<{ due: DueHandler[] | null; isPending: boolean }>(
    statement.text,
    statement.values,
  )
  return { due: rows[0]?.due ?? [], isPending: rows[0]?.isPending === true }
}

/**
 * Moves the places that have changes behind them but none that matches on to the horizon, so that those changes are not
 * looked through again. In the workspaces named or, with null, in all. Places that somebody works at are left.
 */
export async function passOver(
  ownerPool: Pool,
  handlers: readonly OwnedHandler[],
  workspaceIds: readonly string[] | null,
): Promise<void> {
  const among = workspaceIds === null ? sql`true` : sql`h.workspace_id = any(${[...workspaceIds]}::uuid[])`
  const statement = sql`with horizon as materialized (select ${HORIZON} as xid),
    passed as (
      select h.workspace_id, h.name from ${IN_USE(handlers)}
      where ${among} and (h.xid, h.seq) < (${HORIZON}, 0) and ${BEHIND} and not ${MATCHES}
      for update of h skip locked
    )
    update plugin_handlers h set xid = horizon.xid, seq = 0, updated_at = now() from passed, horizon
    where h.workspace_id = passed.workspace_id and h.name = passed.name and (h.xid, h.seq) < (horizon.xid, 0)`
  await ownerPool.query(statement.text, statement.values)
}

/** The handlers as rows `w`. */
function wanted(handlers: readonly OwnedHandler[]) {
  const rows = handlers.map(({ plugin, handler }) => ({ name: handler.name, plugin: plugin.id, ...scopeOf(handler) }))
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as w(name text, plugin text, types text[], operations text[])`
}

/** Places `h` of handlers `w` of plugins in use, with the activation `pa`. */
const IN_USE = (handlers: readonly OwnedHandler[]) =>
  join(
    [
      wanted(handlers),
      sql`plugin_handlers h on h.name = w.name`,
      sql`plugin_activations pa on pa.workspace_id = h.workspace_id and pa.plugin_id = w.plugin and pa.is_enabled and pa.quarantined_at is null`,
      sql`installed_plugins p on p.id = w.plugin and p.state = 'INSTALLED'`,
    ],
    ' join ',
  )

const BEHIND = sql`exists (select from changes c
  where c.workspace_id = h.workspace_id and (c.xid, c.seq) > (h.xid, h.seq) and c.xid < ${HORIZON})`

// What the plugin itself did in the background is no news to it, and would keep it busy for ever.
const MATCHES = sql`exists (select from changes c
  where c.workspace_id = h.workspace_id and (c.xid, c.seq) > (h.xid, h.seq) and c.xid < ${HORIZON}
  and c.type = any(w.types) and c.operation::text = any(w.operations) and c.actor_id <> pa.actor_id)`
