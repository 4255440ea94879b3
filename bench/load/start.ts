import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { waitForReport } from '../servers/start.ts'
import type { Load, LoadResult } from './protocol.ts'

/** The process that sends requests. */
export interface LoadClient {
  /** Puts a load on a server and returns the result. */
  put(load: Load): Promise<LoadResult>
  stop(): void
}

/** How much longer than the load the result may take, in ms. */
const SLACK = 60_000

/** Starts the process of the load client. */
export function startLoadClient(): LoadClient {
  const child = fork(fileURLToPath(new URL('client.ts', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return {
    put(load) {
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
