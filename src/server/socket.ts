import { WebSocket } from 'ws'

/**
 * A socket that lets a client send the id of a known operation by itself. `graphql-ws` closes the whole socket on a
 * `subscribe` without a `query`, though the protocol of ids (GraphQL over HTTP, Apollo) leaves it out: it gets an empty one.
 */
export class OperationSocket extends WebSocket {
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    const [data, ...more] = args
    return event === 'message' ? super.emit(event, withQuery(data), ...more) : super.emit(event, ...args)
  }
}

const ID_NAMES = ['"documentId"', '"persistedQuery"']

function withQuery(data: unknown): unknown {
  if (!Buffer.isBuffer(data) || !ID_NAMES.some((name) => data.includes(name))) return data
  const message = parsed(String(data))
  if (!isRecord(message) || message['type'] !== 'subscribe') return data
  const { payload } = message
  if (!isRecord(payload) || 'query' in payload) return data
  return Buffer.from(JSON.stringify({ ...message, payload: { ...payload, query: '' } }))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
