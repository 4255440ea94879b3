import { randomUUID } from 'node:crypto'
import { maxHeaderSize, type Server, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { GraphQLError } from 'graphql'
import type { Logger } from 'pino'
import { codedError } from '../platform/errors.ts'
import { refusedCredential } from '../platform/identity/identity-errors.ts'
import { setSecurityHeaders } from './response-headers.ts'

/**
 * How long the socket stays open after the response, in ms. So a client that is still sending gets the response instead
 * of a connection error.
 */
const LINGER_MS = 1_000

/**
 * Responds to data that Node can't parse as an HTTP request, in the same format as for other errors. The status is 408
 * when the request did not arrive in time, 401 when the Authorization header is too long, 431 when the headers are too
 * long for another reason, and 400 otherwise. Logs the status and Node's error code, but nothing that the client sent.
 */
export function rejectUnreadableRequests(server: Server, log: Logger): void {
  const handledSockets = new WeakSet<object>()
  server.on('clientError', (error: Error & { code?: string; rawPacket?: Buffer }, socket: Socket) => {
    // After a chunk that could not be parsed, Node emits the event again for each chunk that follows.
    if (handledSockets.has(socket)) return
    handledSockets.add(socket)
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const requestId = randomUUID()
    const { status, error: refusal } = refusalOf(error.code, error.rawPacket)
    log.info({ requestId, status, reason: error.code }, 'A request could not be read')
    socket.end(responseText(status, refusal, requestId))
    setTimeout(() => socket.destroy(), LINGER_MS).unref()
  })
}

interface Refusal {
  readonly status: 400 | 401 | 408 | 431
  readonly error: GraphQLError
}

function refusalOf(code: string | undefined, packet: Buffer | undefined): Refusal {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return { status: 408, error: codedError('BAD_USER_INPUT', 'The request did not arrive in time. Send it again.') }
  if (code !== 'HPE_HEADER_OVERFLOW')
    return { status: 400, error: codedError('BAD_USER_INPUT', 'This is not a valid HTTP request.') }
  if (packet && isCredentialTooLong(packet))
    return { status: 401, error: codedError('UNAUTHENTICATED', refusedCredential('').message) }
  const tooLong = `The address and headers of the request have more than ${maxHeaderSize} bytes.`
  return { status: 431, error: codedError('BAD_USER_INPUT', tooLong) }
}

/**
 * Whether the Authorization header is the longest line of the chunk of data in which the limit was exceeded. The header
 * is not recognised when its beginning was in an earlier chunk.
 */
function isCredentialTooLong(packet: Buffer): boolean {
  const lines = packet.toString('latin1').split('\r\n')
  const longest = lines.reduce((longestLine, line) => (line.length > longestLine.length ? line : longestLine))
  return /^authorization:/i.test(longest)
}

/** Returns the text of a complete HTTP response. */
function responseText(status: Refusal['status'], error: GraphQLError, requestId: string): string {
  const body = JSON.stringify({ errors: [error] })
  const headers = new Headers({
    connection: 'close',
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'x-request-id': requestId,
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  })
  setSecurityHeaders(headers)
  const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`
}
