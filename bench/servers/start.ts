import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ServerCommand, ServerReport, ServerSetup } from './protocol.ts'

export const SYSTEMS = ['rapport', 'postgraphile', 'hand-written'] as const

/** One of {@link SYSTEMS}. */
export type SystemId = (typeof SYSTEMS)[number]

/** A server under test, in a process of its own. */
export interface RunningServer {
  readonly id: SystemId
  readonly url: string
  /** CPU that its process has used so far, in microseconds. */
  cpu(): Promise<number>
  startProfile(): Promise<void>
  stopProfile(file: string): Promise<void>
  stop(): Promise<void>
}

const PROGRAMS = { rapport: 'rapport.ts', postgraphile: 'postgraphile.js', 'hand-written': 'hand-written.ts' } as const
const START_LIMIT = 60_000

/** Starts a server and waits until it listens. Throws when it ends or does not answer within a minute. */
export async function startServer(id: SystemId, setup: ServerSetup): Promise<RunningServer> {
  const child = fork(fileURLToPath(new URL(PROGRAMS[id], import.meta.url)), {
    env: { ...process.env, NODE_ENV: 'production', GRAPHILE_ENV: 'production', BENCH_SERVER: JSON.stringify(setup) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  // Of a message to a process that has just ended: its end is noticed by itself.
  child.on('error', () => undefined)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const url = await next(id, child, START_LIMIT, (report: ServerReport) => ('ready' in report ? report.ready : null))
  const ask = <Answer>(command: ServerCommand, pick: (report: ServerReport) => Answer | null) => {
    const answer = next(id, child, START_LIMIT, pick)
    child.send(command)
    return answer
  }
  return {
    id,
    url,
    cpu: () => ask('usage', (report) => ('cpu' in report ? report.cpu : null)),
    startProfile: () =>
      ask({ startProfile: true }, (report) => ('profiled' in report ? report.profiled : null)).then(() => undefined),
    stopProfile: (file) =>
      ask({ stopProfile: file }, (report) => ('profiled' in report ? report.profiled : null)).then(() => undefined),
    async stop() {
      if (child.connected) child.send('stop' satisfies ServerCommand)
      const overdue = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await ended
      clearTimeout(overdue)
    },
  }
}

/** Waits for a report that `pick` accepts. */
export function next<Report extends object, Answer>(
  name: string,
  child: ChildProcess,
  limit: number,
  pick: (report: Report) => Answer | null,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const done = () => {
      clearTimeout(overdue)
      child.off('message', onMessage)
      child.off('exit', onExit)
    }
    const fail = (why: string) => {
      done()
      reject(new Error(`The process of ${name} ${why}.`))
    }
    const onExit = (code: number | null) => fail(`ended with code ${code}; what it wrote is above`)
    const onMessage = (report: Report) => {
      if ('failed' in report) return fail(`failed: ${String(report.failed)}`)
      const answer = pick(report)
      if (answer === null) return
      done()
      resolve(answer)
    }
    const overdue = setTimeout(() => fail(`did not answer within ${limit} ms`), limit)
    child.on('message', onMessage)
    child.once('exit', onExit)
  })
}
