import { sql } from '../../data/sql.ts'
import { read, transact } from '../../data/transaction.ts'
import type { OwnVerification } from '../../declare/routes/verification.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { timeOf } from '../../request/time.ts'
import { runPart } from '../../sandbox/run-part.ts'
import { throwIfFailed } from '../../sandbox/work-level.ts'
import type { FoundRoute } from './find-route.ts'
import { type ReceivedRequest, sentRequest } from './received-request.ts'
import { type SecretVerification, unverifiedReason } from './signatures.ts'

/** Why a request is refused; for the log, as it contains nothing of the secret or of the request. */
export interface Unverified {
  readonly reason: string
  /** What somebody of the workspace has to do; null when the sender is at fault. */
  readonly remedy: string | null
}

/** Milliseconds that a plugin's own verification may take. */
const VERIFY_BUDGET_MS = 1_000

/**
 * Verifies the sender of a request as its route declares. Returns null when it is verified.
 * @throws PluginFailedError when the plugin's own verification throws or takes longer than 1 second.
 */
export async function verifySender(found: FoundRoute, received: ReceivedRequest): Promise<Unverified | null> {
  const { verify } = found.route
  if (verify.scheme === 'none') return null
  if (verify.scheme !== 'own') return verifyBySecret(found, verify, received)
  const isVerified = await verifyByPlugin(found, verify, received)
  return isVerified ? null : { reason: "the plugin's own verification refused it", remedy: null }
}

async function verifyBySecret(
  { plugin, workspace, context }: FoundRoute,
  verification: SecretVerification,
  received: ReceivedRequest,
): Promise<Unverified | null> {
  const { runtime, actor } = context
  const [row] = await read<{ secret: string | null }>(
    runtime.database,
    actor.workspaceId,
    sql`select secrets->>${verification.secret}::text as secret from plugin_activations
        where workspace_id = ${actor.workspaceId}::uuid and plugin_id = ${plugin.id}`,
    runtime.onStatement,
  )
  const secret = row?.secret ?? ''
  if (secret === '')
    return {
      reason: `the secret ${verification.secret} is not set`,
      remedy: `Set the secret ${verification.secret} of the plugin ${plugin.id} in the workspace ${workspace}, with the mutation updatePluginSettings. Until then every request to the route is refused.`,
    }
  const reason = unverifiedReason(verification, received, secret, timeOf({ runtime }))
  return reason === null ? null : { reason, remedy: null }
}

/** Runs the plugin's own verification in a read-only transaction. Whatever it returns but `true` refuses the request. */
function verifyByPlugin(found: FoundRoute, own: OwnVerification, received: ReceivedRequest): Promise<boolean> {
  const { plugin, route, context } = found
  const { runtime, actor } = context
  return transact(
    runtime.database,
    actor.workspaceId,
    async (transaction) => {
      const now = timeOf({ runtime })
      const work: UnitOfWork = { context, transaction, now, log: [], hasPluginStatements: false }
      const result: unknown = await runPart(work, plugin, route.name, VERIFY_BUDGET_MS, (pluginContext) =>
        own.verify(sentRequest(found, received), pluginContext),
      )
      throwIfFailed(work)
      return result === true
    },
    runtime.onStatement,
    'read only',
  )
}
