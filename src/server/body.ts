import { codedError } from '../platform/errors.ts'

/** Largest request body in bytes. */
export const MAX_BODY_BYTES = 5_000_000

/** Why a body is not read: its HTTP status and what to tell. */
export interface BodyRefusal {
  readonly status: 400 | 413 | 415
  readonly error: ReturnType<typeof codedError>
}

// Who is cut off while sending sees a broken connection and no answer, so a good deal more is read and thrown away.
const MAX_DRAINED_BYTES = 20 * MAX_BODY_BYTES

const JSON_TYPE = /^application\/json\s*(;|$)/i

/**
 * Looks at what the headers tell. A POST brings JSON, no more than the limit, and a GET comes from a program: no page of others
 * can make a browser send either by a form, a link or an image. The credential, which no browser adds by itself, is asked for
 * in any case.
 */
export function refuseByHeaders(request: Request): BodyRefusal | null {
  if (request.method === 'GET' && !isFromProgram(request.headers)) return notFromProgram()
  if (request.method !== 'POST') return null
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) return tooLarge()
  const type = request.headers.get('content-type')
  if (type !== null && JSON_TYPE.test(type)) return null
  return {
    status: type === null ? 400 : 415,
    error: codedError('BAD_USER_INPUT', 'Send the request as JSON, with the header "Content-Type: application/json".'),
  }
}

/** The request with a body that is known to keep the limit: one that tells no length is read here, up to the limit. */
export async function withinLimit(request: Request): Promise<Request | BodyRefusal> {
  if (request.method !== 'POST' || request.body === null || request.headers.has('content-length')) return request
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of request.body) {
    size += piece.byteLength
    if (size > MAX_DRAINED_BYTES) break
    if (size <= MAX_BODY_BYTES) pieces.push(piece)
  }
  if (size > MAX_BODY_BYTES) return tooLarge()
  return new Request(request.url, {
    method: request.method,
    headers: request.headers,
    signal: request.signal,
    body: Buffer.concat(pieces),
  })
}

/** Browsers tell truly what makes them send a request; everybody else says what they accept. */
function isFromProgram(headers: Headers): boolean {
  const mode = headers.get('sec-fetch-mode')
  if (mode !== null) return mode === 'cors' || mode === 'same-origin'
  return /application\/(graphql-response\+)?json|text\/event-stream/.test(headers.get('accept') ?? '')
}

function notFromProgram(): BodyRefusal {
  return {
    status: 400,
    error: codedError('BAD_USER_INPUT', 'Send a query by GET with the header "Accept: application/json", or by POST.'),
  }
}

function tooLarge(): BodyRefusal {
  return {
    status: 413,
    error: codedError('BAD_USER_INPUT', `The request has more than ${MAX_BODY_BYTES} bytes. Send it in parts.`),
  }
}
