import type { WebSocket } from 'ws'

/**
 * A stream over a socket that never says by itself that it is complete: a log has no end. Where the source ends, because
 * the credential did or the server goes down, the socket is about to be closed, and the code of that tells the client
 * whether to come back. "Complete" would tell it that there is nothing more to come, and it would not. After an item that
 * `isLast`, which tells the reason itself, the stream is complete.
 */
export function untilLeft<Item>(
  source: AsyncIterable<Item>,
  socket: Pick<WebSocket, 'once' | 'readyState' | 'CLOSED'>,
  isLast: (item: Item) => boolean,
): AsyncIterableIterator<Item> {
  const items = source[Symbol.asyncIterator]()
  const end: IteratorReturnResult<undefined> = { done: true, value: undefined }
  const { promise: left, resolve: leave } = Promise.withResolvers<IteratorReturnResult<undefined>>()
  if (socket.readyState === socket.CLOSED) leave(end)
  else socket.once('close', () => leave(end))
  let wasLast = false
  const nextOrLeft = async () => {
    const item = await items.next()
    if (item.done) return wasLast ? end : left
    wasLast = isLast(item.value)
    return item
  }
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    // Whoever leaves does so at once: the source may be waiting for a change, and an answer to that would come too late.
    next: () => Promise.race([left, nextOrLeft()]),
    async return() {
      leave(end)
      items.return?.().catch(() => undefined)
      return end
    },
  }
}
