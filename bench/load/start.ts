import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { next } from '../servers/start.ts'
import type { Load, LoadResult } from './protocol.ts'

/** The process that sends requests. */
export interface LoadClient {
  put(load: Load): Promise<LoadResult>
  stop(): void
}

const SLACK = 60_000

export function startLoadClient(): LoadClient {
  const child = fork(fileURLToPath(new URL('client.ts', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return {
    put(load) {
      const result = next('the load client', child, load.seconds * 1000 + SLACK, (report: LoadResult) => report)
      child.send(load)
      return result
    },
    stop: () => child.disconnect(),
  }
}
