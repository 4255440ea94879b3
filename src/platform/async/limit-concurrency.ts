/**
 * Calls `run` as soon as the limit allows it, and returns its result. Throws when too many calls are waiting already.
 */
export type ConcurrencyLimit = <Result>(run: () => Promise<Result>) => Promise<Result>

/**
 * Creates a limit under which at most `maxRunning` calls run at once and at most `maxWaiting` more wait, first come
 * first served. Any further call throws the error that `createBusyError` returns.
 */
export function limitConcurrency(
  maxRunning: number,
  maxWaiting: number,
  createBusyError: () => Error,
): ConcurrencyLimit {
  let freeSlots = maxRunning
  const waiting: (() => void)[] = []

  const acquireSlot = (): Promise<void> => {
    if (freeSlots > 0) {
      freeSlots--
      return Promise.resolve()
    }
    if (waiting.length >= maxWaiting) return Promise.reject(createBusyError())
    return new Promise((resolve) => waiting.push(resolve))
  }

  return async (run) => {
    await acquireSlot()
    try {
      return await run()
    } finally {
      const startNext = waiting.shift()
      if (startNext) startNext()
      else freeSlots++
    }
  }
}
