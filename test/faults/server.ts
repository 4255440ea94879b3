import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '../..')
const READY = /^Rapport is ready at (http:\/\/\S+)$/m
const START_LIMIT_MS = 30_000

/** A server in a separate process. */
export interface ServerProcess {
  readonly url: string
  readonly process: ChildProcess
  /** Milliseconds from the start of the process to the ready line. */
  readonly readyAfter: number
  /** Everything that it has written to standard error so far. */
  errors(): string
  /** Resolves when it has ended, with its exit code or the signal. */
  readonly ended: Promise<number | string>
}

/** Starts `src/main.ts` and waits for its ready line. Throws with its output when it is not ready within 30 seconds. */
export async function startServer(home: string, port: number): Promise<ServerProcess> {
  const begun = performance.now()
  const child = spawn(process.execPath, [join(ROOT, 'src/main.ts')], {
    cwd: ROOT,
    env: environment(home, port),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (text) => (output += String(text)))
  child.stderr.on('data', (text) => (errors += String(text)))
  const ended = once(child, 'exit').then(([code, signal]: unknown[]) =>
    typeof code === 'number' ? code : String(signal),
  )
  for (;;) {
    const url = READY.exec(output)?.[1]
    if (url !== undefined)
      return { url, process: child, readyAfter: performance.now() - begun, errors: () => errors, ended }
    if (child.exitCode !== null || performance.now() - begun > START_LIMIT_MS) {
      child.kill('SIGKILL')
      throw new Error(`The server did not start within ${START_LIMIT_MS} ms. It wrote:\n${output}${errors}`)
    }
    await sleep(10)
  }
}

/** Runs a command of the command line and returns its output. */
export async function rapport(home: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, 'bin/rapport.js'), ...args], {
    cwd: ROOT,
    env: environment(home, 0),
  })
  return stdout.trim()
}

function environment(home: string, port: number): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], RAPPORT_HOME: home, PORT: String(port), LOG_LEVEL: 'warn' }
}

/** Process id of the main process of the embedded PostgreSQL. */
export async function postmasterPid(home: string): Promise<number> {
  const [pid] = (await readFile(join(home, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')
  return Number(pid)
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('No port.')
  return address.port
}
