import { badUserInput } from '../errors.ts'
import type { LogPosition } from '../request/log-ports.ts'

const MARK = 'log'
const NUMBER = /^\d{1,19}$/

/** The same cursor serves the subscription, the polling list and every typed subscription: they read one log. */
export function encodeLogCursor(xid: string, seq: string): string {
  return Buffer.from(JSON.stringify([MARK, xid, seq])).toString('base64url')
}

/** Throws BAD_USER_INPUT for what is no position in a log. */
export function decodeLogCursor(cursor: string): LogPosition {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(parts) && parts[0] === MARK) {
      const [, xid, seq] = parts.map(String)
      if (xid && seq && NUMBER.test(xid) && NUMBER.test(seq)) return { xid, seq }
    }
  } catch {
    // Falls through to the one refusal below.
  }
  throw badUserInput(
    'Argument `after`: not a cursor of the log. Pass `cursor` of a change, or `endCursor` of a page of changes.',
  )
}
