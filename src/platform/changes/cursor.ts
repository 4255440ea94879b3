import { badUserInput } from '../errors.ts'
import type { LogPosition } from '../request/log-ports.ts'

/** First element of every cursor of the log, by which `decodeLogCursor` refuses cursors of other lists. */
const MARK = 'log'
const NUMBER = /^\d{1,19}$/

/**
 * Encodes a position in the log as a cursor. The list `changes`, the subscription `changes` and the subscriptions of
 * objects accept each other's cursors, because they read the same log.
 */
export function encodeLogCursor(xid: string, seq: string): string {
  return Buffer.from(JSON.stringify([MARK, xid, seq])).toString('base64url')
}

/**
 * Returns the position in a cursor.
 * @throws GraphQLError BAD_USER_INPUT when it is not a cursor of the log.
 */
export function decodeLogCursor(cursor: string): LogPosition {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(parts) && parts[0] === MARK) {
      const [, xid, seq] = parts.map(String)
      if (xid && seq && NUMBER.test(xid) && NUMBER.test(seq)) return { xid, seq }
    }
  } catch {
    // Falls through to the error below.
  }
  throw badUserInput(
    'Argument `after`: not a cursor of the log. Pass `cursor` of a change, or `endCursor` of a page of changes.',
  )
}
