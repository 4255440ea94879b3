/** What the outside asked this process to do. */
export interface StopRequest {
  /** Aborted when the process is asked to stop. */
  readonly signal: AbortSignal
  /** Resolves at the same moment. */
  readonly requested: Promise<void>
  /** Gives the signals back to Node. */
  release(): void
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

// npm and the terminal each send the same Ctrl-C to this process; only what comes later is a second wish. In ms.
const SAME_WISH = 1_000

/** Listens for Ctrl-C, SIGTERM and a closed terminal. The second request, a moment later, ends the process at once. */
export function listenForStop(): StopRequest {
  const controller = new AbortController()
  let first = 0
  const onSignal = () => {
    if (!controller.signal.aborted) {
      first = performance.now()
      controller.abort()
    } else if (performance.now() - first > SAME_WISH) {
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
