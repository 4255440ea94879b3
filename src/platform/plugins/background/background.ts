import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Database } from '../../data/database.ts'
import { PLUGINS_IN_USE } from '../../data/plugins-in-use.ts'
import { type Transaction, transact } from '../../data/transaction.ts'
import type { Plugin } from '../../declare/plugin.ts'
import { CALENDAR, type Calendar } from '../../request/calendar.ts'
import type { PluginHost, RequestContext, UnitOfWork } from '../../request/context.ts'
import type { StoredSettings } from '../../request/stored-settings.ts'
import { PluginFailedError } from '../../sandbox/failure.ts'
import { missingGrantOf } from '../../sandbox/missing-grant.ts'
import { reportFailure } from '../../sandbox/strikes.ts'
import { writeAndLog } from '../../writes/unit-of-work.ts'
import { pluginActor } from '../host/activation.ts'

/** What the work of plugins without a caller (their handlers, jobs and routes) needs from the app. */
export interface Background {
  readonly database: Database
  readonly host: Pick<PluginHost, 'modules' | 'loaded' | 'runtimeOf'>
  readonly log: Logger
}

interface PluginInUse {
  readonly pluginId: string
  readonly actorId: string
  readonly disabledRules: readonly string[]
  readonly settings: StoredSettings
  readonly calendar: Calendar
}

/**
 * Returns the request context for background work of a plugin in a workspace. Its actor is the plugin itself, with the
 * permissions that the plugin's manifest names. Null when the plugin is not in use in the workspace. Sends one SQL
 * statement.
 */
export async function backgroundContext(
  { database, host }: Background,
  workspaceId: string,
  plugin: Plugin,
): Promise<RequestContext | null> {
  const { rows } = await database.ownerPool.query<PluginInUse>({
    name: 'plugins-in-use',
    text: `select pa.plugin_id as "pluginId", pa.actor_id as "actorId", pa.disabled_rules as "disabledRules",
             jsonb_build_object('installation', ip.settings, 'workspace', pa.settings) as settings,
             ${CALENDAR} as calendar
           from ${PLUGINS_IN_USE} join workspaces w on w.id = pa.workspace_id where pa.workspace_id = $1 order by pa.plugin_id`,
    values: [workspaceId],
  })
  const inUse = rows.find((row) => row.pluginId === plugin.id)
  if (!inUse) return null
  const plugins = rows.map((row) => row.pluginId)
  const runtime = await host.runtimeOf({ plugins })
  // The plugin is enabled, but one of its dependencies may not be in use.
  if (!runtime.pluginIds.includes(plugin.id)) return null
  return {
    runtime,
    actor: pluginActor(plugin, {
      workspaceId,
      calendar: inUse.calendar,
      actorId: inUse.actorId,
      plugins,
      disabledRules: rows.flatMap((row) => row.disabledRules),
      settings: Object.fromEntries(rows.map((row) => [row.pluginId, row.settings])),
    }),
    requestId: randomUUID(),
    idempotencyKey: null,
    requestHash: '',
  }
}

/**
 * Runs background work of a plugin and returns the result of `write`. The writes and their entries in the log are one
 * transaction. Runs `write` again after a serialization failure or deadlock. Refuses statements that the plugin's code
 * sends after `write` has returned.
 */
export async function runInBackground<Result>(
  context: RequestContext,
  write: (work: UnitOfWork) => Promise<Result>,
): Promise<Result> {
  const { runtime, actor } = context
  let isWritten = false
  const attempt = async (transaction: Transaction): Promise<Result> => {
    const { work, result } = await writeAndLog(context, transaction, { write, answer: async (_, done) => done })
    isWritten = work.log.length > 0
    return result
  }
  const result = await transact(runtime.database, actor.workspaceId, attempt, runtime.onStatement)
  if (isWritten) runtime.feed.announce(actor.workspaceId)
  return result
}

/**
 * Counts a strike (three put a plugin into quarantine) against the plugin whose rule failed during background work. A
 * failure of the handler or job itself is not a strike, because the handler or job is retried.
 * @param name Name of the handler or job that was run.
 */
export async function reportRuleFailure(context: RequestContext, name: string, error: unknown): Promise<void> {
  const part = error instanceof PluginFailedError ? error.part : missingGrantOf(error)?.part
  if (part === undefined || part === name) return
  await reportFailure(context.runtime, context.actor.workspaceId, context.requestId, error)
}

/**
 * Returns the message of an error, for the operator. For a PluginFailedError, returns the message of the error that the
 * plugin's code threw.
 */
export function reasonOf(error: unknown): string {
  if (error instanceof PluginFailedError) return error.reason
  return error instanceof Error ? error.message : String(error)
}
