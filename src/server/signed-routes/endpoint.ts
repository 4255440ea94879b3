import { GraphQLError } from 'graphql'
import type { SignedRequest, SignedResponse } from '../../platform/declare/routes/signed-route.ts'
import { SIGNED_PATH } from '../../platform/identity/signed-addresses.ts'
import type { Background } from '../../platform/plugins/background/background.ts'
import { type DeclaredSignedRoute, runSignedRoute } from '../../platform/plugins/routes/run-signed-route.ts'
import type { RequestOrigin } from '../../platform/request/origin.ts'
import type { SignedAddresses } from '../../platform/request/signed-addresses.ts'
import { createBodyReader } from '../plugin-routes/read-body.ts'
import { type Presentation, presentError } from '../present-error.ts'
import { httpOfRateLimit } from '../rates/headers.ts'
import type { Rates } from '../rates/quota.ts'
import { createRouteRates } from '../rates/route-rates.ts'
import { pagePolicy } from './page-policy.ts'
import { plainPage } from './plain-page.ts'

/** The services and settings that signed addresses use. */
export interface SignedEndpointParts {
  readonly routes: readonly DeclaredSignedRoute[]
  readonly addresses: SignedAddresses
  readonly background: Background
  readonly presentation: Presentation
  readonly settings: { readonly rates: Rates }
  /** Returns the current time; the system clock by default. */
  readonly now?: (() => Date) | undefined
}

/** What is known of a request before its address is verified. */
interface RequestMeta {
  readonly requestId: string
  readonly origin: RequestOrigin
}

/** Handles a request to a signed address. Returns null when the address is of another kind. */
export type SignedEndpoint = (request: Request, meta: RequestMeta) => Promise<Response> | null

const MAX_FORM_BYTES = 10_000

/**
 * Creates the handler of signed addresses. An address that is malformed, altered, expired, or of something that does not
 * exist gets one and the same answer. The address itself is never logged: whoever has it can use it.
 */
export function createSignedEndpoint(parts: SignedEndpointParts): SignedEndpoint {
  const rates = createRouteRates(parts.settings.rates)
  const readBody = createBodyReader()
  const now = parts.now ?? (() => new Date())

  const respond = async (request: Request, meta: RequestMeta): Promise<Response> => {
    const { ipAddress } = meta.origin
    const [path = '', token = '', ...more] = new URL(request.url).pathname.slice(SIGNED_PATH.length).split('/')
    const declared = more.length === 0 ? parts.routes.find(({ route }) => route.path === path) : undefined
    const stranger = { workspaceId: '', pluginId: 'signed', route: path, ipAddress }
    await rates.checkRefusals(stranger)
    const subject = declared ? await parts.addresses.verify(path, token, now()) : null
    if (!declared || !subject) {
      await rates.countRefusal(stranger)
      return notValid()
    }
    const { route, plugin } = declared
    // Counted by address: who uses up the rate of one does not stop the others.
    const caller = { workspaceId: subject.workspaceId, pluginId: plugin.id, route: `${path} ${subject.subject}` }
    await rates.countRequest({ ...caller, ipAddress })
    // HEAD is answered as GET, without the body: programs that look at a link before they show it send it.
    const isHead = request.method === 'HEAD'
    const method = route.methods.find((each) => each === (isHead ? 'GET' : request.method))
    if (!method) return plainPage(405, 'This address can’t be used like that.', { allow: route.methods.join(', ') })
    const form = method === 'POST' ? await formOf(request, ipAddress) : new URLSearchParams()
    if (!form) return plainPage(400, 'The form did not arrive in full. Go back and send it again.')
    const sent: Pick<SignedRequest, 'method' | 'form'> = { method, form }
    const answer = await runSignedRoute(parts.background, declared, subject, sent, meta)
    const response = answer ? responseOf(answer) : notValid()
    return isHead ? new Response(null, response) : response
  }

  /** Reads a form. Null when it is too long, of another type, or did not arrive. */
  const formOf = async (request: Request, ipAddress: string | null): Promise<URLSearchParams | null> => {
    const type = request.headers.get('content-type') ?? ''
    if (!type.startsWith('application/x-www-form-urlencoded')) return null
    const body = await readBody(request, MAX_FORM_BYTES, ipAddress)
    return 'bytes' in body ? new URLSearchParams(new TextDecoder().decode(body.bytes)) : null
  }

  const failure = (error: unknown, { requestId }: RequestMeta): Response => {
    const limited = error instanceof GraphQLError ? httpOfRateLimit(error) : null
    if (limited) return plainPage(429, 'Too many requests. Try again in a minute.', limited.headers)
    const { extensions } = presentError(error, requestId, parts.presentation)
    if (extensions['code'] === 'UNAVAILABLE') return plainPage(503, 'Not available now. Try again in a minute.')
    return plainPage(
      500,
      `Something went wrong, and nothing was changed. Try again, or report the request ${requestId}.`,
    )
  }

  return (request, meta) =>
    new URL(request.url).pathname.startsWith(SIGNED_PATH)
      ? respond(request, meta).catch((error: unknown) => failure(error, meta))
      : null
}

function notValid(): Response {
  return plainPage(404, 'This link is not valid, or not any more. Ask whoever sent it to you for a new one.')
}

function responseOf(answer: SignedResponse): Response {
  if ('bytes' in answer)
    return new Response(new Uint8Array(answer.bytes), {
      headers: {
        ...PRIVATE,
        'content-type': answer.contentType,
        'content-disposition': `inline; filename="${answer.fileName}"`,
      },
    })
  return new Response(answer.html, {
    status: answer.status,
    headers: {
      ...PRIVATE,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': pagePolicy(answer.styles),
    },
  })
}

/** Headers that keep what an address shows out of search engines. Others are set for all responses. */
const PRIVATE = { 'x-robots-tag': 'noindex, nofollow, noarchive' }
