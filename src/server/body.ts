import { codedError } from '../platform/errors.ts'

/** Largest request body in bytes. */
export const MAX_BODY_BYTES = 5_000_000

/** Why the body of a request is refused: the HTTP status and the error of the response. */
export interface BodyRefusal {
  readonly status: 400 | 413 | 415
  readonly error: ReturnType<typeof codedError>
}

// A client that is disconnected while it sends sees a broken connection instead of the response. Therefore the server
// reads and discards up to this many bytes before it responds.
const MAX_DRAINED_BYTES = 20 * MAX_BODY_BYTES

const JSON_TYPE = /^application\/json\s*(;|$)/i

/**
 * Checks the headers of a request, and returns why it is refused or null. A POST must contain JSON within the size
 * limit, and a GET must come from a program: no page of another site can make a browser send either through a form, a
 * link or an image. In addition every request needs a credential, which no browser adds by itself.
 */
export function checkHeaders(request: Request): BodyRefusal | null {
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

/**
 * Returns the request with a body that is known to be within the limit, or why it is refused. A body without a declared
 * length is read here, up to the limit.
 */
export async function limitBody(request: Request): Promise<Request | BodyRefusal> {
  if (request.method !== 'POST' || request.body === null || request.headers.has('content-length')) return request
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body) {
    size += chunk.byteLength
    if (size > MAX_DRAINED_BYTES) break
    if (size <= MAX_BODY_BYTES) chunks.push(chunk)
  }
  if (size > MAX_BODY_BYTES) return tooLarge()
  return new Request(request.url, {
    method: request.method,
    headers: request.headers,
    signal: request.signal,
    body: Buffer.concat(chunks),
  })
}

/**
 * Whether a GET comes from a program or a script. Browsers state reliably what caused a request; other clients name
 * what they accept.
 */
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
