import type { Pool } from 'pg'
import type { Runtime } from '../request/context.ts'
import { PluginFailedError } from './failure.ts'
import { missingGrantOf } from './missing-grant.ts'

/** Strikes that put a plugin into quarantine. */
export const MAX_STRIKES = 3

/**
 * Counts a failure of a plugin in a workspace, in one statement. A strike after an hour of peace counts as the first one;
 * the third takes the plugin out of use there until somebody enables it again. Answers whether it is in quarantine now.
 */
export async function recordStrike(
  ownerPool: Pool,
  workspaceId: string,
  pluginId: string,
  reason: string,
): Promise<{ readonly strikes: number; readonly isQuarantined: boolean }> {
  const { rows } = await ownerPool.query<{ strikes: number; isQuarantined: boolean }>({
    name: 'plugin-strike',
    text: `with struck as (
        select workspace_id, id,
               case when last_strike_at > now() - interval '1 hour' then strikes else 0 end + 1 as count
        from plugin_activations where workspace_id = $1 and plugin_id = $2 for update
      )
      update plugin_activations a
      set strikes = struck.count, last_strike_at = now(),
          quarantined_at = case when struck.count >= ${MAX_STRIKES} then coalesce(a.quarantined_at, now()) else a.quarantined_at end,
          quarantine_reason = case when struck.count >= ${MAX_STRIKES} then coalesce(a.quarantine_reason, $3) else a.quarantine_reason end
      from struck where a.workspace_id = struck.workspace_id and a.id = struck.id
      returning a.strikes, a.quarantined_at is not null as "isQuarantined"`,
    values: [workspaceId, pluginId, reason.slice(0, MAX_REASON)],
  })
  return rows[0] ?? { strikes: 0, isQuarantined: false }
}

const MAX_REASON = 500

/**
 * Tells the operator of a plugin's failure and counts it, once what it ran in was rolled back; of what its permissions lack it
 * only tells. Does nothing for any other error. Of a read only an overrun counts: it harms others, and a field that fails only itself. Never throws: the failure itself is what the caller has to answer.
 */
export async function reportFailure(
  runtime: Pick<Runtime, 'database' | 'onPluginFailure'>,
  workspaceId: string,
  requestId: string | null,
  error: unknown,
  options: { readonly strikes?: 'for overruns only' } = {},
): Promise<void> {
  const refused = missingGrantOf(error)
  if (refused) {
    const { plugin, part, permission } = refused
    const reason = `It was refused what it does for lack of ${permission} in its permissions, whoever asks. A version of it that names the permission mends that.`
    const told = { plugin, part, kind: 'THREW' as const, reason, cause: error, workspaceId, requestId }
    // No strike: a rule that refuses more than it should does not end with being switched off.
    runtime.onPluginFailure?.({ ...told, strikes: 0, isQuarantined: false })
    return
  }
  if (!(error instanceof PluginFailedError)) return
  const { plugin, part, kind, reason, cause } = error
  const told = { plugin, part, kind, reason, cause, workspaceId, requestId }
  if (options.strikes === 'for overruns only' && kind !== 'OVERRAN') {
    runtime.onPluginFailure?.({ ...told, strikes: 0, isQuarantined: false })
    return
  }
  try {
    const counted = await recordStrike(runtime.database.ownerPool, workspaceId, plugin, `${part}: ${reason}`)
    runtime.onPluginFailure?.({ ...told, ...counted })
  } catch (uncounted) {
    runtime.onPluginFailure?.({ ...told, cause: cause ?? uncounted, strikes: 0, isQuarantined: false })
  }
}
