import type { Pool } from 'pg'
import { HORIZON } from '../../changes/read-changes.ts'
import { PLUGINS_IN_USE } from '../../data/plugins-in-use.ts'
import { join, raw, sql } from '../../data/sql.ts'
import type { Handler } from '../../declare/handler.ts'
import type { Plugin } from '../../declare/plugin.ts'
import type { UnitOfWork } from '../../request/context.ts'

/** A handler and its plugin. */
export interface OwnedHandler {
  readonly plugin: Plugin
  readonly handler: Handler
}

/** The task to deliver the next changes of a workspace to a handler. */
export interface DeliveryTask {
  readonly owned: OwnedHandler
  readonly workspaceId: string
}

/** A handler that has undelivered changes in a workspace. */
export interface DueHandler {
  readonly workspaceId: string
  readonly name: string
}

/** Returns the handlers of plugins, each with its plugin. */
export function handlersOf(loaded: readonly { readonly plugin: Plugin }[]): OwnedHandler[] {
  return loaded.flatMap(({ plugin }) => (plugin.handlers ?? []).map((handler) => ({ plugin, handler })))
}

/** Returns the delivery tasks for due handlers. */
export function tasksOf(due: readonly DueHandler[], handlers: readonly OwnedHandler[]): DeliveryTask[] {
  return due.flatMap(({ workspaceId, name }) => {
    const owned = handlers.find(({ handler }) => handler.name === name)
    return owned ? [{ owned, workspaceId }] : []
  })
}

const OPERATIONS: NonNullable<Handler['on']['operations']> = ['CREATED', 'UPDATED', 'DELETED', 'RESTORED']

/** Which changes a handler gets. */
interface HandledWrites {
  readonly types: string[]
  readonly operations: string[]
  /** Whether it also gets those that its plugin's own actor wrote, if no handler did. */
  readonly ownChanges: boolean
}

/** Returns which changes a handler gets, by default of all operations. */
export function handledWrites({ on }: Handler): HandledWrites {
  return {
    types: [...on.types],
    operations: [...(on.operations ?? OPERATIONS)],
    ownChanges: on.ownChanges === true,
  }
}

/**
 * Sets the positions of a plugin's handlers in a workspace when the plugin is enabled: to the end of the log. When the
 * plugin was in quarantine, its handlers keep their positions, so that they miss no change. Has to be called before the
 * activation is updated, because the statement reads from it whether the plugin was in quarantine.
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

/** Deletes the positions and dead letters of a plugin's handlers in all workspaces, when the plugin is removed. */
export async function deleteHandlerPositions(ownerPool: Pick<Pool, 'query'>, pluginId: string): Promise<void> {
  const prefix = `${pluginId}.`
  await ownerPool.query('delete from plugin_handlers where starts_with(name, $1)', [prefix])
  await ownerPool.query('delete from plugin_dead_letters where starts_with(handler, $1)', [prefix])
}

/**
 * Creates the missing positions of handlers, such as a handler that a new version of a plugin added, in the workspaces
 * that have enabled the plugin. A new position is at the end of the log.
 */
export async function createHandlerPositions(ownerPool: Pool, handlers: readonly OwnedHandler[]): Promise<void> {
  const statement = sql`insert into plugin_handlers (workspace_id, name, xid, seq)
    select pa.workspace_id, w.name, ${HORIZON}, 0 from ${handlerRows(handlers)} join plugin_activations pa on pa.plugin_id = w.plugin
    where pa.is_enabled on conflict (workspace_id, name) do nothing`
  await ownerPool.query(statement.text, statement.values)
}

/** Result of `findDue`. */
export interface Due {
  readonly due: readonly DueHandler[]
  /**
   * Whether committed changes can't be delivered yet, because a transaction that began before them is still running.
   */
  readonly isPending: boolean
}

/**
 * Returns the handlers that have undelivered changes: changes after their position, of the types and operations that
 * they handle.
 * Sends one SQL statement for any number of workspaces and handlers.
 * @param workspaceIds Workspaces to check; null for all workspaces, and then `isPending` is always false.
 */
export async function findDue(
  ownerPool: Pool,
  handlers: readonly OwnedHandler[],
  workspaceIds: readonly string[] | null,
): Promise<Due> {
  const inWorkspaces = workspaceIds === null ? sql`true` : sql`h.workspace_id = any(${[...workspaceIds]}::uuid[])`
  const pending =
    workspaceIds === null
      ? sql`false`
      : sql`exists (select from changes c where c.xid >= ${HORIZON}
          and c.workspace_id in (select h.workspace_id from plugin_handlers h where ${inWorkspaces}))`
  const statement = sql`with due as (
      select h.workspace_id, h.name from ${handlersInUse(handlers)}
      where ${inWorkspaces} and (h.retry_at is null or h.retry_at <= now()) and ${HAS_MATCHING_CHANGES}
    )
    select (select jsonb_agg(jsonb_build_object('workspaceId', workspace_id, 'name', name)) from due) as due, ${pending} as "isPending"`
  const { rows } = await ownerPool.query<{ due: DueHandler[] | null; isPending: boolean }>(
    statement.text,
    statement.values,
  )
  return { due: rows[0]?.due ?? [], isPending: rows[0]?.isPending === true }
}

/**
 * Moves the position of each handler that handles no change after its position, so that these changes are not checked
 * again. The new position is HORIZON: the lowest transaction id that may still be running.
 * Positions that a delivery has locked are not moved.
 * @param workspaceIds Workspaces whose positions are moved; null for all workspaces.
 */
export async function skipUnmatchedChanges(
  ownerPool: Pool,
  handlers: readonly OwnedHandler[],
  workspaceIds: readonly string[] | null,
): Promise<void> {
  const inWorkspaces = workspaceIds === null ? sql`true` : sql`h.workspace_id = any(${[...workspaceIds]}::uuid[])`
  const statement = sql`with horizon as materialized (select ${HORIZON} as xid),
    unmatched as (
      select h.workspace_id, h.name from ${handlersInUse(handlers)}
      where ${inWorkspaces} and (h.xid, h.seq) < (${HORIZON}, 0) and ${HAS_CHANGES} and not ${HAS_MATCHING_CHANGES}
      for update of h skip locked
    )
    update plugin_handlers h set xid = horizon.xid, seq = 0, updated_at = now() from unmatched, horizon
    where h.workspace_id = unmatched.workspace_id and h.name = unmatched.name and (h.xid, h.seq) < (horizon.xid, 0)`
  await ownerPool.query(statement.text, statement.values)
}

/** Returns SQL for the handlers as rows `w`, each with its plugin and with the types and operations that it handles. */
function handlerRows(handlers: readonly OwnedHandler[]) {
  const rows = handlers.map(({ plugin, handler }) => ({
    name: handler.name,
    plugin: plugin.id,
    ...handledWrites(handler),
  }))
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as w(name text, plugin text, types text[], operations text[], "ownChanges" boolean)`
}

/** Returns SQL that joins the handlers `w` of plugins in use with their positions `h` and activations `pa`. */
const handlersInUse = (handlers: readonly OwnedHandler[]) =>
  join(
    [
      handlerRows(handlers),
      sql`plugin_handlers h on h.name = w.name`,
      sql`${raw(PLUGINS_IN_USE)} on pa.workspace_id = h.workspace_id and pa.plugin_id = w.plugin`,
    ],
    ' join ',
  )

const HAS_CHANGES = sql`exists (select from changes c
  where c.workspace_id = h.workspace_id and (c.xid, c.seq) > (h.xid, h.seq) and c.xid < ${HORIZON})`

// Changes that a handler of the plugin wrote don't match: a handler that writes would otherwise never finish. Those that its
// jobs and routes wrote match for a handler that asks for them.
const HAS_MATCHING_CHANGES = sql`exists (select from changes c
  where c.workspace_id = h.workspace_id and (c.xid, c.seq) > (h.xid, h.seq) and c.xid < ${HORIZON}
  and c.type = any(w.types) and c.operation::text = any(w.operations)
  and (c.actor_id <> pa.actor_id or (w."ownChanges" and c.by_handler = false)))`
