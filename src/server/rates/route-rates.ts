import { networkOf } from '../../platform/identity/passwords/address-attempts.ts'
import { consume, limiter, quotaStateOf, type Rates, rateLimited } from './quota.ts'

/** A route in a workspace, and the network address that a request to it came from. */
export interface RouteCaller {
  /** uuid */
  readonly workspaceId: string
  readonly pluginId: string
  /** Name of the route. */
  readonly route: string
  /** Null when it is not known. */
  readonly ipAddress: string | null
}

/** Limits the requests to routes. Each method throws RATE_LIMITED when a rate is used up. */
export interface RouteRates {
  /** Checks, before the body is read, whether the network has sent too many requests that were refused. */
  checkRefusals(caller: RouteCaller): Promise<void>
  /** Counts a request whose sender could not be verified. */
  countRefusal(caller: RouteCaller): Promise<void>
  /** Counts a request whose sender is verified. */
  countRequest(caller: RouteCaller): Promise<void>
}

/**
 * Creates the counters of a node, in memory. Refused requests are counted for each network, plugin and workspace: so a
 * wrong secret in one workspace does not stop the same sender's requests to another. Only verified requests count for a
 * route: so nobody else can use up the rate of its sender.
 */
export function createRouteRates({ routeRequests, refusedCredentials }: Rates): RouteRates {
  const requests = limiter(routeRequests)
  const refusals = limiter(refusedCredentials)
  return {
    async checkRefusals(caller) {
      const key = networkKey(caller)
      const counted = key === null ? null : await refusals?.get(key)
      if (refusals && counted && counted.consumedPoints >= refusals.points)
        throw rateLimited('refused requests', quotaStateOf(refusals, counted))
    },
    async countRefusal(caller) {
      const key = networkKey(caller)
      if (refusals && key !== null) await consume(refusals, key, 1)
    },
    async countRequest({ workspaceId, route }) {
      if (!requests) return
      const { quotaState, isExceeded } = await consume(requests, `${workspaceId} ${route}`, 1)
      if (isExceeded) throw rateLimited('requests to this route', quotaState)
    },
  }
}

function networkKey({ workspaceId, pluginId, ipAddress }: RouteCaller): string | null {
  return ipAddress === null ? null : `${networkOf(ipAddress)} ${workspaceId} ${pluginId}`
}
