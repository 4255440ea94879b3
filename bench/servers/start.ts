import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ServerCommand, ServerReport, ServerSetup } from './protocol.ts'

export const SYSTEMS = ['rapport', 'postgraphile', 'hand-written'] as const

/** One of {@link SYSTEMS}. */
export type SystemId = (typeof SYSTEMS)[number]

/** A server under test, in a separate process. */
export interface RunningServer {
  readonly id: SystemId
  readonly url: string
  /** Returns the CPU time that the process has used so far, in microseconds. */
  cpu(): Promise<number>
  startProfile(): Promise<void>
  stopProfile(file: string): Promise<void>
  stop(): Promise<void>
}

const PROGRAMS = { rapport: 'rapport.ts', postgraphile: 'postgraphile.js', 'hand-written': 'hand-written.ts' } as const
const START_LIMIT = 60_000

/** Starts a server and waits until it is ready. Throws an Error when it ends or is not ready within a minute. */
export async function startServer(id: SystemId, setup: ServerSetup): Promise<RunningServer> {
  const child = fork(fileURLToPath(new URL(PROGRAMS[id], import.meta.url)), {
    env: { ...process.env, NODE_ENV: 'production', GRAPHILE_ENV: 'production', BENCH_SERVER: JSON.stringify(setup) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  // Ignores errors of sending a message to a process that has just ended: `exit` is handled separately.
  child.on('error', () => undefined)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const url = await waitForReport(id, child, START_LIMIT, (report: ServerReport) =>
    'ready' in report ? report.ready : null,
  )
  const sendCommand = <Result>(command: ServerCommand, pick: (report: ServerReport) => Result | null) => {
    const result = waitForReport(id, child, START_LIMIT, pick)
    child.send(command)
    return result
  }
  return {
    id,
    url,
    cpu: () => sendCommand('usage', (report) => ('cpu' in report ? report.cpu : null)),
    startProfile: () =>
      sendCommand({ startProfile: true }, (report) => ('profiled' in report ? report.profiled : null)).then(
        () => undefined,
      ),
    stopProfile: (file) =>
      sendCommand({ stopProfile: file }, (report) => ('profiled' in report ? report.profiled : null)).then(
        () => undefined,
      ),
    async stop() {
      if (child.connected) child.send('stop' satisfies ServerCommand)
      const timeout = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await ended
      clearTimeout(timeout)
    },
  }
}

/**
 * Waits for a message of a process that `pick` accepts, and returns what `pick` returns.
 * @param name the name of the process in errors
 * @param limit how long to wait, in ms
 * @param pick returns null for messages that are not expected
 * @throws Error when the process fails or ends, or when the limit is exceeded
 */
export function waitForReport<Report extends object, Result>(
  name: string,
  child: ChildProcess,
  limit: number,
  pick: (report: Report) => Result | null,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stopWaiting = () => {
      clearTimeout(timeout)
      child.off('message', onMessage)
      child.off('exit', onExit)
    }
    const fail = (reason: string) => {
      stopWaiting()
      reject(new Error(`The process of ${name} ${reason}.`))
    }
    const onExit = (code: number | null) => fail(`ended with code ${code}; its output is printed above`)
    const onMessage = (report: Report) => {
      if ('failed' in report) return fail(`failed: ${String(report.failed)}`)
      const result = pick(report)
      if (result === null) return
      stopWaiting()
      resolve(result)
    }
    const timeout = setTimeout(() => fail(`did not respond within ${limit} ms`), limit)
    child.on('message', onMessage)
    child.once('exit', onExit)
  })
}
