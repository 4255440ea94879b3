/**
 * How an item of a stream is handled. `more`: it is sent, and other items may follow. `last`: it is sent, and the
 * stream completes. `withheld`: it is not sent, because the socket is about to be closed.
 */
export type StreamItemKind = 'more' | 'last' | 'withheld'

/**
 * Returns the items of `source` as a stream for a WebSocket. The stream does not complete when the source ends. The
 * source ends when the credential is no longer valid or the server shuts down. Then the socket is about to be closed,
 * and its close code tells the client whether to reconnect. After a "complete" message the client would not reconnect,
 * as it would expect no more items. The stream completes only after an item of the kind `last`, which contains the
 * reason.
 */
export function withoutCompletion<Item>(
  source: AsyncIterable<Item>,
  kindOf: (item: Item) => StreamItemKind,
): AsyncIterableIterator<Item> {
  const items = source[Symbol.asyncIterator]()
  const end: IteratorReturnResult<undefined> = { done: true, value: undefined }
  let hasEnded = false
  let resolvePending: (result: IteratorResult<Item>) => void = () => undefined
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next() {
      if (hasEnded) return Promise.resolve(end)
      const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<Item>>()
      resolvePending = resolve
      items.next().then((item) => {
        const kind = item.done ? 'withheld' : kindOf(item.value)
        if (kind !== 'more') hasEnded = true
        // After a withheld item, `next` stays pending until `return`, which the server calls for every stream of a
        // closed socket.
        if (kind !== 'withheld') resolve(item)
      }, reject)
      return promise
    },
    // Completes immediately and does not wait for the source, which may wait a long time for the next change.
    async return() {
      hasEnded = true
      resolvePending(end)
      items.return?.().catch(() => undefined)
      return end
    },
  }
}
