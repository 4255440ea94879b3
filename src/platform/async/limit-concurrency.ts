/** Runs work when its turn comes. Throws `busy()` when too many wait already. */
export type ConcurrencyLimit = <Result>(work: () => Promise<Result>) => Promise<Result>

/** Lets `running` pieces of work run at once and `waiting` more wait for their turn. */
export function limitConcurrency(running: number, waiting: number, busy: () => Error): ConcurrencyLimit {
  let free = running
  const queue: (() => void)[] = []

  const turn = (): Promise<void> => {
    if (free > 0) {
      free--
      return Promise.resolve()
    }
    if (queue.length >= waiting) return Promise.reject(busy())
    return new Promise((resolve) => queue.push(resolve))
  }

  return async (work) => {
    await turn()
    try {
      return await work()
    } finally {
      const next = queue.shift()
      if (next) next()
      else free++
    }
  }
}
