import { createHash } from 'node:crypto'
import { PluginFailedError } from '../../sandbox/failure.ts'
import { missingGrantOf } from '../../sandbox/missing-grant.ts'
import { runPart } from '../../sandbox/run-part.ts'
import { isPromise, runWithTimeLimit } from '../../sandbox/time-limit.ts'
import { retryAfterConflict } from '../../writes/unit-of-work.ts'
import { reasonOf, reportRuleFailure, runInBackground } from '../background/background.ts'
import type { FoundRoute } from './find-route.ts'
import { parsedRequest, type ReceivedRequest } from './received-request.ts'
import { checkAnswer, type RouteAnswer } from './route-answer.ts'
import { claimRequest, type RequestKey, storeAnswer, storedKey } from './stored-answers.ts'

/** Milliseconds that a route may take for one request. */
const ROUTE_BUDGET_MS = 5_000
/** Milliseconds for finding the idempotency key of a request. */
const KEY_BUDGET_MS = 250

/**
 * Runs a route for a request whose sender is verified, in one transaction of the plugin's own actor, and returns the
 * response. A request with an idempotency key that was answered before gets the stored response, and the route's code
 * does not run. A response with a status of 400 and above rolls everything back and is not stored.
 * @throws InvalidBody when the body does not match the route's schema. Any other error, such as PluginFailedError, is
 * reported with `reportRouteFailure`, and nothing was written.
 */
export async function runRoute(found: FoundRoute, received: ReceivedRequest): Promise<RouteAnswer> {
  const { plugin, route, context } = found
  const request = await requestKey(found, received)
  const run = () =>
    runInBackground(context, async (work) => {
      const stored = request && (await claimRequest(work, request))
      if (stored) return stored
      const parsed = await parsedRequest(found, received)
      // Not an async function that awaits before it calls `handle`: only code before the first wait can be interrupted.
      const answer = await runPart(work, plugin, route.name, ROUTE_BUDGET_MS, (pluginContext) => {
        const returned = route.handle(parsed, pluginContext)
        return isPromise(returned) ? returned.then(checkAnswer) : checkAnswer(returned)
      })
      if (answer.status >= 400) throw new RefusedByRoute(answer)
      if (request) await storeAnswer(work.transaction, request, answer)
      return answer
    })
  try {
    return await retryAfterConflict(run)
  } catch (error) {
    if (error instanceof RefusedByRoute) return error.answer
    throw error
  }
}

/**
 * Reports a failure of a route to the operator. A failure of a rule that the route's writes ran is a strike, as in any
 * write. A failure of the route itself is none, as for jobs: the sender sends the request again, and a sender must not
 * be able to put a plugin into quarantine. Does nothing for an error that is not the fault of a plugin.
 */
export async function reportRouteFailure({ plugin, route, context }: FoundRoute, error: unknown): Promise<void> {
  const { runtime, actor, requestId } = context
  const part = error instanceof PluginFailedError ? error.part : missingGrantOf(error)?.part
  if (part !== route.name) return reportRuleFailure(context, route.name, error)
  const permission = missingGrantOf(error)?.permission
  runtime.onPluginFailure?.({
    plugin: plugin.id,
    part,
    kind: error instanceof PluginFailedError ? error.kind : 'THREW',
    reason: permission === undefined ? reasonOf(error) : `The plugin's permissions lack ${permission}.`,
    cause: error instanceof PluginFailedError ? error.cause : error,
    workspaceId: actor.workspaceId,
    requestId,
    strikes: 0,
    isQuarantined: false,
  })
}

/** Makes a transaction roll back because the route has returned a status of 400 and above. */
class RefusedByRoute extends Error {
  readonly answer: RouteAnswer

  constructor(answer: RouteAnswer) {
    super('The route has refused the request.')
    this.answer = answer
  }
}

/** Returns the key that the route gives to a request; null when it gives none. */
async function requestKey(found: FoundRoute, received: ReceivedRequest): Promise<RequestKey | null> {
  const { plugin, route, context } = found
  if (!route.idempotencyKey) return null
  const request = await parsedRequest(found, received)
  const part = { plugin: plugin.id, name: route.name }
  const key: unknown = await runWithTimeLimit(part, KEY_BUDGET_MS, () => route.idempotencyKey?.(request) ?? null)
  if (key === null) return null
  if (typeof key !== 'string' || key === '')
    throw new PluginFailedError(part, 'THREW', 'Its idempotencyKey() returned neither a text nor null.', null)
  const requestHash = createHash('sha256').update(received.bytes).digest('hex')
  return { actorId: context.actor.id, route: route.name, key: storedKey(key), requestHash }
}
