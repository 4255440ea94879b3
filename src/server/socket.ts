import { WebSocket } from 'ws'

/**
 * A WebSocket on which a client may send the id of a persisted operation without a `query`. In the protocols for such
 * ids (GraphQL over HTTP, Apollo) messages have no `query`, but `graphql-ws` closes the socket after a `subscribe`
 * message without a `query`. This class adds an empty `query` to such messages.
 */
export class OperationSocket extends WebSocket {
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    const [data, ...rest] = args
    return event === 'message' ? super.emit(event, withQuery(data), ...rest) : super.emit(event, ...args)
  }
}

const ID_NAMES = ['"documentId"', '"persistedQuery"']

/** Returns a message, with an empty `query` added when it has the id of a persisted operation and no `query`. */
function withQuery(data: unknown): unknown {
  if (!Buffer.isBuffer(data) || !ID_NAMES.some((name) => data.includes(name))) return data
  const message = parseJson(String(data))
  if (!isRecord(message) || message['type'] !== 'subscribe') return data
  const { payload } = message
  if (!isRecord(payload) || 'query' in payload) return data
  return Buffer.from(JSON.stringify({ ...message, payload: { ...payload, query: '' } }))
}

/** Returns the parsed JSON, or null when the text is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
