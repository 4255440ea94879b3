import { GraphQLError } from 'graphql'
import { codedError } from '../../platform/errors.ts'
import type { Background } from '../../platform/plugins/background/background.ts'
import { type FoundRoute, findRoute, type RouteAddress } from '../../platform/plugins/routes/find-route.ts'
import { InvalidBody, type ReceivedRequest, textOf } from '../../platform/plugins/routes/received-request.ts'
import type { RouteAnswer } from '../../platform/plugins/routes/route-answer.ts'
import { reportRouteFailure, runRoute } from '../../platform/plugins/routes/run-route.ts'
import { verifySender } from '../../platform/plugins/routes/verify-sender.ts'
import type { RequestOrigin } from '../../platform/request/origin.ts'
import { PluginFailedError } from '../../platform/sandbox/failure.ts'
import type { Admission } from '../admission.ts'
import { deepestBracket } from '../limits/text.ts'
import { type Presentation, presentError } from '../present-error.ts'
import { httpOfRateLimit } from '../rates/headers.ts'
import { createRouteRates } from '../rates/route-rates.ts'
import type { ServerSettings } from '../server-settings.ts'
import { createBodyReader } from './read-body.ts'
import { errorResponse, failed, notReceived, unverified } from './refusals.ts'

/** The services and settings that the routes of plugins use. */
export interface RouteEndpointParts {
  readonly background: Background
  readonly admission: Admission
  readonly presentation: Presentation
  readonly settings: Pick<ServerSettings, 'limits' | 'rates'>
}

/** What is known of a request before its body is read. */
interface RequestMeta {
  readonly requestId: string
  readonly origin: RequestOrigin
}

/**
 * Handles a request to a route of a plugin. Returns null when the address is none of a route that is served: the server
 * then responds as to any unknown path, so that nobody learns which workspaces and plugins there are.
 */
export type RouteEndpoint = (request: Request, meta: RequestMeta) => Promise<Response | null>

/** The first segment keeps these addresses apart from all others, so that a proxy can let only them through. */
const ADDRESS = /^\/plugins\/([a-z][a-z0-9]{1,29})\/([a-z][a-z0-9-]{1,62})\/([a-z0-9/-]+)$/

/** Longest body when a route sets none, in bytes. */
const DEFAULT_MAX_BODY_BYTES = 1_000_000

/** Creates the handler for the routes of plugins. */
export function createRouteEndpoint(parts: RouteEndpointParts): RouteEndpoint {
  const rates = createRouteRates(parts.settings.rates)
  const readBody = createBodyReader()

  const respond = async (found: FoundRoute, request: Request, meta: RequestMeta): Promise<Response> => {
    const { plugin, route, context } = found
    const caller = {
      workspaceId: context.actor.workspaceId,
      pluginId: plugin.id,
      route: route.name,
      ipAddress: meta.origin.ipAddress,
    }
    await rates.checkRefusals(caller)
    const maxBytes = route.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES
    const body = await readBody(request, maxBytes, meta.origin.ipAddress)
    if ('failure' in body) return notReceived(body.failure, maxBytes)
    const received: ReceivedRequest = {
      header: (name) => request.headers.get(name),
      query: new URL(request.url).searchParams,
      bytes: body.bytes,
    }
    const refusal = await verifySender(found, received).catch(async (error: unknown) => {
      // Otherwise anybody could run the plugin's own verification without a limit, with requests on which it throws.
      await rates.countRefusal(caller)
      throw error
    })
    if (refusal) {
      const { log } = parts.presentation
      const { reason, remedy } = refusal
      const fields = { requestId: meta.requestId, route: route.name, workspace: found.workspace, reason }
      if (remedy === null) log.info(fields, 'A request to a route was refused: its sender is not verified')
      else log.warn({ ...fields, remedy }, 'A request to a route was refused: the route is not set up')
      await rates.countRefusal(caller)
      return unverified(route.verify.scheme)
    }
    await rates.countRequest(caller)
    await parts.admission.countRequest(context.actor)
    if (route.body && deepestBracket(textOf(received)) > parts.settings.limits.nesting)
      return errorResponse(400, codedError('BAD_USER_INPUT', 'The body is too deeply nested.'))
    return responseOf(await runRoute(found, received))
  }

  const failure = async (found: FoundRoute | null, requestId: string, error: unknown): Promise<Response> => {
    const { log } = parts.presentation
    if (error instanceof InvalidBody)
      return errorResponse(400, codedError('BAD_USER_INPUT', error.message, { problems: error.problems }))
    if (error instanceof GraphQLError) {
      const limited = httpOfRateLimit(error)
      if (limited) return errorResponse(limited.status, error, limited.headers)
    }
    if (found) await reportRouteFailure(found, error)
    if (error instanceof PluginFailedError) return failed(requestId)
    if (error instanceof GraphQLError) {
      log.error({ err: error, requestId, route: found?.route.name }, 'A route failed')
      return failed(requestId)
    }
    const presented = presentError(error, requestId, parts.presentation)
    return presented.extensions['code'] === 'UNAVAILABLE' ? errorResponse(503, presented) : failed(requestId)
  }

  return async (request, meta) => {
    const address = addressOf(request)
    if (!address) return null
    let found: FoundRoute | null = null
    try {
      found = await findRoute(parts.background, address, meta)
      return found && (await respond(found, request, meta))
    } catch (error) {
      return failure(found, meta.requestId, error)
    }
  }
}

function addressOf(request: Request): RouteAddress | null {
  const [, pluginId, workspace, path] = ADDRESS.exec(new URL(request.url).pathname) ?? []
  if (pluginId === undefined || workspace === undefined || path === undefined) return null
  return { pluginId, workspace, path, method: request.method }
}

function responseOf({ status, headers, body }: RouteAnswer): Response {
  return new Response(body, { status, headers: { ...headers } })
}
