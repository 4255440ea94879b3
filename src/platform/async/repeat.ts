/**
 * Does something again and again, each time after the milliseconds that the last time answered; it must not throw. Keeps no
 * process running. `stop` waits for what runs.
 */
export function repeat(act: () => Promise<number>, firstMs: number): { stop(): Promise<void> } {
  let isStopped = false
  let acting: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout
  const wait = (ms: number) => {
    timer = setTimeout(() => {
      acting = act().then((next) => {
        if (!isStopped) wait(next)
      })
    }, ms).unref()
  }
  wait(firstMs)
  return {
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await acting
    },
  }
}
