import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Database } from '../../data/database.ts'
import { type Transaction, transact } from '../../data/transaction.ts'
import type { Plugin } from '../../declare/plugin.ts'
import type { PluginHost, RequestContext, UnitOfWork } from '../../request/context.ts'
import { PluginFailedError } from '../../sandbox/failure.ts'
import { missingGrantOf } from '../../sandbox/missing-grant.ts'
import { reportFailure } from '../../sandbox/strikes.ts'
import { writeAndLog } from '../../writes/unit-of-work.ts'
import { pluginActor } from '../host/activation.ts'

/** What work in the background needs of the app. */
export interface Background {
  readonly database: Database
  readonly host: Pick<PluginHost, 'loaded' | 'runtimeOf'>
  readonly log: Logger
}

interface Usage {
  readonly pluginId: string
  readonly actorId: string
  readonly disabledRules: readonly string[]
}

/**
 * What the plugin's work in a workspace knows while nobody asks for it: it acts as the plugin's own actor, with what its
 * manifest permits. Null where the workspace does not use the plugin now. One statement.
 */
export async function backgroundContext(
  { database, host }: Background,
  workspaceId: string,
  plugin: Plugin,
): Promise<RequestContext | null> {
  const { rows } = await database.ownerPool.query<Usage>({
    name: 'plugins-in-use',
    text: `select pa.plugin_id as "pluginId", pa.actor_id as "actorId", pa.disabled_rules as "disabledRules"
           from plugin_activations pa join installed_plugins p on p.id = pa.plugin_id and p.state = 'INSTALLED'
           where pa.workspace_id = $1 and pa.is_enabled and pa.quarantined_at is null order by pa.plugin_id`,
    values: [workspaceId],
  })
  const usage = rows.find((row) => row.pluginId === plugin.id)
  if (!usage) return null
  const plugins = rows.map((row) => row.pluginId)
  const runtime = await host.runtimeOf({ plugins })
  // What it depends on may be out of use.
  if (!runtime.pluginIds.includes(plugin.id)) return null
  return {
    runtime,
    actor: pluginActor(plugin, {
      workspaceId,
      actorId: usage.actorId,
      plugins,
      disabledRules: rows.flatMap((row) => row.disabledRules),
    }),
    requestId: randomUUID(),
    idempotencyKey: null,
    requestHash: '',
  }
}

/**
 * Runs work of a plugin in one transaction: what it writes is committed together with its log, or never was. `act` runs
 * again after a serialization failure or deadlock. What is still sent in it after the end is refused.
 */
export async function runInBackground<Result>(
  context: RequestContext,
  act: (work: UnitOfWork) => Promise<Result>,
): Promise<Result> {
  const { runtime, actor } = context
  let isWritten = false
  const attempt = async (transaction: Transaction): Promise<Result> => {
    const { work, result } = await writeAndLog(context, transaction, { write: act, answer: async (_, done) => done })
    isWritten = work.log.length > 0
    return result
  }
  const result = await transact(runtime.database, actor.workspaceId, attempt, runtime.onStatement)
  if (isWritten) runtime.feed.announce(actor.workspaceId)
  return result
}

/** Counts a strike against a plugin whose rule failed in work that `name` began: not against that handler or job itself. */
export async function reportRuleFailure(context: RequestContext, name: string, error: unknown): Promise<void> {
  const part = error instanceof PluginFailedError ? error.part : missingGrantOf(error)?.part
  if (part === undefined || part === name) return
  await reportFailure(context.runtime, context.actor.workspaceId, context.requestId, error)
}

/** What went wrong, for the operator: the reason inside where a plugin failed. */
export function reasonOf(error: unknown): string {
  if (error instanceof PluginFailedError) return error.reason
  return error instanceof Error ? error.message : String(error)
}
