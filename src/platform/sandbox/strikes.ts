import type { Pool } from 'pg'
import type { Runtime } from '../request/context.ts'
import { PluginFailedError } from './failure.ts'
import { missingGrantOf } from './missing-grant.ts'

/** Number of strikes that puts a plugin into quarantine. */
export const MAX_STRIKES = 3

/**
 * Counts a strike against a plugin in a workspace, in one statement. A strike more than an hour after the last strike
 * counts as the first; the third puts the plugin into quarantine there until somebody enables it again. Returns the
 * number of strikes and whether the plugin is in quarantine now.
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
    values: [workspaceId, pluginId, reason.slice(0, MAX_REASON_LENGTH)],
  })
  return rows[0] ?? { strikes: 0, isQuarantined: false }
}

const MAX_REASON_LENGTH = 500

/**
 * Reports a failure of a plugin to the operator and counts it as a strike. A missing grant is reported and is not a
 * strike. Does nothing for any other error. Has to be called after the failed transaction was rolled back. Never
 * throws, because the caller has to return the failure itself.
 * @param options With `strikes: 'for overruns only'`, which reads use, only a part that takes longer than its budget
 * gets a strike, because it delays other requests. An error that its code throws affects only one field.
 */
export async function reportFailure(
  runtime: Pick<Runtime, 'database' | 'onPluginFailure' | 'countsStrikes'>,
  workspaceId: string,
  requestId: string | null,
  error: unknown,
  options: { readonly strikes?: 'for overruns only' } = {},
): Promise<void> {
  const missingGrant = missingGrantOf(error)
  if (missingGrant) {
    const { plugin, part, permission } = missingGrant
    const reason = `The plugin's permissions lack ${permission}, so this fails for every caller. Install a version of the plugin that names the permission.`
    const failure = { plugin, part, kind: 'THREW' as const, reason, cause: error, workspaceId, requestId }
    // No strike: a rule that fails in this way refuses writes. A quarantine would disable it and let them through.
    runtime.onPluginFailure?.({ ...failure, strikes: 0, isQuarantined: false })
    return
  }
  if (!(error instanceof PluginFailedError)) return
  const { plugin, part, kind, reason, cause } = error
  const failure = { plugin, part, kind, reason, cause, workspaceId, requestId }
  const isExempt = options.strikes === 'for overruns only' && kind !== 'OVERRAN'
  if (isExempt || runtime.countsStrikes === false) {
    runtime.onPluginFailure?.({ ...failure, strikes: 0, isQuarantined: false })
    return
  }
  try {
    const counted = await recordStrike(runtime.database.ownerPool, workspaceId, plugin, `${part}: ${reason}`)
    runtime.onPluginFailure?.({ ...failure, ...counted })
  } catch (countError) {
    runtime.onPluginFailure?.({ ...failure, cause: cause ?? countError, strikes: 0, isQuarantined: false })
  }
}
