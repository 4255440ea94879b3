/** Whether a signal of the operating system has requested this process to stop, such as after Ctrl-C. */
export interface StopRequest {
  /** Aborted when the process is requested to stop. */
  readonly signal: AbortSignal
  /** Resolves when `signal` is aborted. */
  readonly requested: Promise<void>
  /** Stops listening. Node then handles the signals as it does by default. */
  release(): void
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Milliseconds in which further signals count as the same request: after one Ctrl-C, the terminal and npm each send a
 * signal.
 */
const SAME_REQUEST_MS = 1_000

/**
 * Listens for Ctrl-C, SIGTERM and a closed terminal. A second request, more than a second after the first, ends the
 * process immediately.
 * @param onRequest Called with the name of the first signal.
 */
export function listenForStop(onRequest: (signal: string) => void = () => undefined): StopRequest {
  const controller = new AbortController()
  let firstAt = 0
  const onSignal = (name: NodeJS.Signals) => {
    if (!controller.signal.aborted) {
      onRequest(name)
      firstAt = performance.now()
      controller.abort()
    } else if (performance.now() - firstAt > SAME_REQUEST_MS) {
      process.stderr.write('Stopping immediately.\n')
      process.exit(1)
    }
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  return {
    signal: controller.signal,
    requested: new Promise((resolve) => controller.signal.addEventListener('abort', () => resolve(), { once: true })),
    release() {
      for (const signal of SIGNALS) process.off(signal, onSignal)
    },
  }
}
