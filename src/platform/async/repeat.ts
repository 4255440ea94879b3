/**
 * Calls `run` repeatedly until `stop`: first after `firstDelayMs`, then each time after the number of milliseconds that
 * the last call returned. `run` must not throw. The timer does not keep the process running. `stop` waits for a call
 * that is running.
 */
export function repeat(run: () => Promise<number>, firstDelayMs: number): { stop(): Promise<void> } {
  let isStopped = false
  let currentRun: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout
  const schedule = (delayMs: number) => {
    timer = setTimeout(() => {
      currentRun = run().then((nextDelayMs) => {
        if (!isStopped) schedule(nextDelayMs)
      })
    }, delayMs).unref()
  }
  schedule(firstDelayMs)
  return {
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await currentRun
    },
  }
}
