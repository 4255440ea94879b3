import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { waitForReport } from '../servers/start.ts'
import type { Load, LoadResult } from './protocol.ts'

/** The process that sends requests. */
export interface LoadClient {
  /** Runs a load and returns the result. */
  run(load: Load): Promise<LoadResult>
  stop(): void
}

/** How long after the end of the load the result may arrive, in ms. */
const SLACK = 60_000

/** Starts the process of the load client. */
export function startLoadClient(): LoadClient {
  const child = fork(fileURLToPath(new URL('client.ts', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return {
    run(load) {
      const result = waitForReport(
        'the load client',
        child,
        load.seconds * 1000 + SLACK,
        (report: LoadResult) => report,
      )
      child.send(load)
      return result
    },
    stop: () => child.disconnect(),
  }
}
