import { codedError } from '../platform/errors.ts'

/** Maximum size of a request body in bytes. */
export const MAX_BODY_BYTES = 5_000_000

/** Why the body of a request is refused: the HTTP status and the error of the response. */
export interface BodyRefusal {
  readonly status: 400 | 413 | 415
  readonly error: ReturnType<typeof codedError>
}

// If the server closes the connection while the client is still sending, the client gets a connection error instead of
// the response. Therefore the server reads and discards up to this many bytes of a body that is too large.
const MAX_DRAINED_BYTES = 20 * MAX_BODY_BYTES
/** The same for senders that are not verified before their body is read. */
export const MAX_UNVERIFIED_DRAINED_BYTES = 5_000_000

const JSON_TYPE = /^application\/json\s*(;|$)/i

/**
 * Checks the headers of a request. Returns why it is refused, or null. A POST must contain JSON within the size limit,
 * and a GET must come from a program. So no page of another site can make a browser send a request through a form, a
 * link or an image. In addition, every request needs a credential, which browsers never add by themselves.
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
 * Returns the request if its body is within the limit, or why it is refused. Without a Content-Length header, reads the
 * body and returns a new request that contains it.
 */
export async function limitBody(request: Request): Promise<Request | BodyRefusal> {
  if (request.method !== 'POST' || request.body === null || request.headers.has('content-length')) return request
  const body = await readAtMost(request.body, MAX_BODY_BYTES, MAX_DRAINED_BYTES)
  if (body === null) return tooLarge()
  return new Request(request.url, {
    method: request.method,
    headers: request.headers,
    signal: request.signal,
    body,
  })
}

/**
 * Reads a body, and returns null when it has more than `maxBytes`. Of a larger body it reads and discards up to
 * `maxDrained` bytes more, and keeps no more than `maxBytes` in memory.
 */
export async function readAtMost(
  body: Request['body'],
  maxBytes: number,
  maxDrained: number,
): Promise<Buffer<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes + maxDrained) break
    if (size <= maxBytes) chunks.push(chunk)
  }
  return size > maxBytes ? null : Buffer.concat(chunks)
}

/**
 * Whether a GET comes from a program or a script. Browsers always send in Sec-Fetch-Mode what caused a request. Other
 * clients have to accept JSON or an event stream in their Accept header.
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
    error: codedError(
      'BAD_USER_INPUT',
      `The request has more than ${MAX_BODY_BYTES} bytes. Split it into several requests.`,
    ),
  }
}
