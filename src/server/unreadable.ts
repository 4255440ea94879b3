import { randomUUID } from 'node:crypto'
import { maxHeaderSize, type Server, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { GraphQLError } from 'graphql'
import type { Logger } from 'pino'
import { codedError } from '../platform/errors.ts'
import { refusedCredential } from '../platform/identity/identity-errors.ts'
import { secure } from './response-headers.ts'

/** How long a sender may go on sending what nobody reads, so that it finds the answer rather than a broken connection. */
const LINGER_MS = 1_000

/**
 * Answers what Node could not read as an HTTP request, in the shape of every other error: 400, 408 where it did not arrive in
 * time, 431 where its headers are too long, and 401 where that is due to the credential. Nothing of it is logged.
 */
export function answerUnreadable(server: Server, log: Logger): void {
  const answered = new WeakSet<object>()
  server.on('clientError', (error: Error & { code?: string; rawPacket?: Buffer }, socket: Socket) => {
    // Node tells of each piece that comes after the one that could not be read.
    if (answered.has(socket)) return
    answered.add(socket)
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const requestId = randomUUID()
    const { status, answer } = refusalOf(error.code, error.rawPacket)
    log.info({ requestId, status, reason: error.code }, 'A request could not be read')
    socket.end(message(status, answer, requestId))
    setTimeout(() => socket.destroy(), LINGER_MS).unref()
  })
}

interface Refusal {
  readonly status: 400 | 401 | 408 | 431
  readonly answer: GraphQLError
}

function refusalOf(code: string | undefined, packet: Buffer | undefined): Refusal {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return { status: 408, answer: codedError('BAD_USER_INPUT', 'The request did not arrive in time. Send it again.') }
  if (code !== 'HPE_HEADER_OVERFLOW')
    return { status: 400, answer: codedError('BAD_USER_INPUT', 'This is no HTTP request that can be read.') }
  if (packet && isCredential(packet))
    return { status: 401, answer: codedError('UNAUTHENTICATED', refusedCredential('').message) }
  const tooLong = `The address and headers of the request have more than ${maxHeaderSize} bytes.`
  return { status: 431, answer: codedError('BAD_USER_INPUT', tooLong) }
}

/** Whether the longest header in the piece that went over the limit is the credential. A piece from its middle tells nothing. */
function isCredential(packet: Buffer): boolean {
  const lines = packet.toString('latin1').split('\r\n')
  const longest = lines.reduce((one, other) => (other.length > one.length ? other : one))
  return /^authorization:/i.test(longest)
}

function message(status: Refusal['status'], answer: GraphQLError, requestId: string): string {
  const body = JSON.stringify({ errors: [answer] })
  const headers = new Headers({
    connection: 'close',
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'x-request-id': requestId,
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  })
  secure(headers)
  const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`
}
