import { codedError } from '../platform/errors.ts'
import { MAX_BODY_BYTES } from './limits.ts'

/** Why a body is not read: its HTTP status and what to tell. */
export interface BodyRefusal {
  readonly status: 400 | 413 | 415
  readonly error: ReturnType<typeof codedError>
}

// Who is cut off while sending sees a broken connection and no answer, so a good deal more is read and thrown away.
const MAX_DRAINED_BYTES = 20 * MAX_BODY_BYTES

const JSON_TYPE = /^application\/json\s*(;|$)/i

/** Looks at what the headers tell of a POST: JSON only, so that no HTML form can send one, and no more than the limit. */
export function refuseByHeaders(request: Request): BodyRefusal | null {
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

function tooLarge(): BodyRefusal {
  return {
    status: 413,
    error: codedError('BAD_USER_INPUT', `The request has more than ${MAX_BODY_BYTES} bytes. Send it in parts.`),
  }
}
