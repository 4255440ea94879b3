import { Writable } from 'node:stream'
import type { ClientBase } from 'pg'

const held = new WeakSet<Writable>()

/**
 * Sends what is queued on a pipelining connection in this turn of the event loop in one write. Each write is a system
 * call here and a wake-up of PostgreSQL there: three small ones cost more than a point read.
 */
export function sendTogether(client: ClientBase): void {
  const stream = socketOf(client)
  if (!stream || held.has(stream)) return
  held.add(stream)
  stream.cork()
  // After the promises that are settled now have queued their statements too.
  process.nextTick(() => {
    held.delete(stream)
    stream.uncork()
  })
}

/** pg keeps its socket in `connection.stream`, which its types don't tell; without it, the writes are single ones. */
function socketOf(client: ClientBase): Writable | null {
  const connection: unknown = Reflect.get(client, 'connection')
  const stream: unknown =
    connection !== null && typeof connection === 'object' ? Reflect.get(connection, 'stream') : null
  return stream instanceof Writable ? stream : null
}
