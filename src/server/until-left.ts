/**
 * What an item says about its stream: another item may follow, it is the last one, or it is withheld because the socket
 * is about to be closed.
 */
export type StreamItemKind = 'more' | 'last' | 'withheld'

/**
 * Returns a stream over a socket that does not complete when its source ends, because a log has no end. When the source
 * ends, because the credential ended or the server shuts down, the socket is about to be closed, and from the close
 * code the client knows whether to reconnect. A "complete" message would mean that nothing more will come, and the
 * client would not reconnect. The stream completes only after an item of the kind `last`, which contains the reason
 * itself.
 */
export function untilClientLeaves<Item>(
  source: AsyncIterable<Item>,
  kindOf: (item: Item) => StreamItemKind,
): AsyncIterableIterator<Item> {
  const items = source[Symbol.asyncIterator]()
  const end: IteratorReturnResult<undefined> = { done: true, value: undefined }
  let isOver = false
  let resolvePending: (result: IteratorResult<Item>) => void = () => undefined
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next() {
      if (isOver) return Promise.resolve(end)
      const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<Item>>()
      resolvePending = resolve
      items.next().then((item) => {
        const kind = item.done ? 'withheld' : kindOf(item.value)
        if (kind !== 'more') isOver = true
        // A withheld item leaves `next` pending until `return`, which the server calls for every stream of a closed
        // socket.
        if (kind !== 'withheld') resolve(item)
      }, reject)
      return promise
    },
    // Completes at once without waiting for the source: it may be waiting for a change that comes much later.
    async return() {
      isOver = true
      resolvePending(end)
      items.return?.().catch(() => undefined)
      return end
    },
  }
}
