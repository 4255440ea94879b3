/** What an item says of its stream: another may follow, it is the last, or it is not told because the socket is being closed. */
export type Word = 'more' | 'last' | 'untold'

/**
 * A stream over a socket that never says by itself that it is complete: a log has no end. Where the source ends, because
 * the credential did or the server goes down, the socket is about to be closed, and the code of that tells the client
 * whether to come back. "Complete" would tell it that there is nothing more to come, and it would not. After an item that
 * is the last, which tells the reason itself, the stream is complete.
 */
export function untilLeft<Item>(
  source: AsyncIterable<Item>,
  wordOf: (item: Item) => Word,
): AsyncIterableIterator<Item> {
  const items = source[Symbol.asyncIterator]()
  const end: IteratorReturnResult<undefined> = { done: true, value: undefined }
  let isOver = false
  let answer: (result: IteratorResult<Item>) => void = () => undefined
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next() {
      if (isOver) return Promise.resolve(end)
      const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<Item>>()
      answer = resolve
      items.next().then((item) => {
        const word = item.done ? 'untold' : wordOf(item.value)
        if (word !== 'more') isOver = true
        // Otherwise it waits for whoever leaves: the server calls `return` for every stream of a socket that was closed.
        if (word !== 'untold') resolve(item)
      }, reject)
      return promise
    },
    // Whoever leaves does so at once: the source may be waiting for a change, and an answer to that would come too late.
    async return() {
      isOver = true
      answer(end)
      items.return?.().catch(() => undefined)
      return end
    },
  }
}
