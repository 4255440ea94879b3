/** The requests of the operating system that this process stop. */
export interface StopRequest {
  /** Aborted when the process is asked to stop. */
  readonly signal: AbortSignal
  /** Resolves at the same moment. */
  readonly requested: Promise<void>
  /** Stops listening: Node handles the signals again. */
  release(): void
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Milliseconds in which further signals count as the same request: npm and the terminal each send the same Ctrl-C. */
const SAME_REQUEST_MS = 1_000

/**
 * Listens for Ctrl-C, SIGTERM and a closed terminal. A second request, at least a second after the first, ends the process at
 * once.
 */
export function listenForStop(): StopRequest {
  const controller = new AbortController()
  let firstAt = 0
  const onSignal = () => {
    if (!controller.signal.aborted) {
      firstAt = performance.now()
      controller.abort()
    } else if (performance.now() - firstAt > SAME_REQUEST_MS) {
      process.stderr.write('Stopping at once.\n')
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
