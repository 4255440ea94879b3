import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { removeEmbeddedPostgres } from '../src/platform/data/embedded/embedded-postgres.ts'

// Checks the first steps of a new user: starts the server, sends a request and stops the server. Does this twice,
// because the database exists already at the second start.

// How long a start may take before it counts as failed, in ms. A start that is slower than its goal does not fail,
// because the machine may be busy: the time is only printed together with the goal.
const START_LIMIT = 60_000

const root = join(import.meta.dirname, '..')
const folder = await mkdtemp(join(tmpdir(), 'rapport-start-'))
// Every user has access to the folder: when this script runs as root, PostgreSQL runs as another user.
await chmod(folder, 0o711)
const home = join(folder, 'home')
try {
  await startRequestStop('First', 15)
  await startRequestStop('Second', 4)
} finally {
  await removeEmbeddedPostgres(home)
  await rm(folder, { recursive: true, force: true })
}

/**
 * Starts the server, sends a request and stops the server. Checks that PostgreSQL has stopped too.
 * @param goal seconds within which the server should be ready
 * @throws Error that describes which step failed
 */
async function startRequestStop(which: string, goal: number): Promise<void> {
  const environment = { ...process.env, DATABASE_URL: '', RAPPORT_HOME: home, PORT: String(await freePort()) }
  const startedAt = performance.now()
  const server = spawn('npm', ['start'], { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(server, 'close')
  try {
    const url = await waitUntilReady(server.stdout, START_LIMIT)
    console.log(
      `${which} start: ready after ${((performance.now() - startedAt) / 1_000).toFixed(1)} s; the goal is ${goal} s.`,
    )
    await sendRequest(url, await createDemoToken(environment))
    const postgres = Number.parseInt(await readFile(join(home, 'postgres/data/postmaster.pid'), 'utf8'), 10)
    server.kill('SIGTERM')
    const [code] = await ended
    if (code !== 0) throw new Error(`SIGTERM: the server ended with code ${code} instead of 0.`)
    if (isAlive(postgres)) throw new Error(`SIGTERM: PostgreSQL (pid ${postgres}) is still running.`)
  } catch (error) {
    server.kill('SIGTERM')
    await ended
    throw error
  }
}

/** Waits until the server prints that it is ready. Returns its URL. Throws an Error after `limit` milliseconds. */
async function waitUntilReady(output: Readable, limit: number): Promise<string> {
  const timer = setTimeout(() => output.destroy(new Error(`Not ready after ${limit / 1_000} s.`)), limit)
  let text = ''
  try {
    for await (const chunk of output.iterator({ destroyOnReturn: false })) {
      text += String(chunk)
      const url = /^Rapport is ready at (\S+)$/m.exec(text)?.[1]
      if (url !== undefined) return url
    }
  } finally {
    clearTimeout(timer)
  }
  throw new Error(`The server ended before it was ready. It had printed:\n${text}`)
}

async function createDemoToken(environment: NodeJS.ProcessEnv): Promise<string> {
  const command = spawn('npx', ['rapport', 'token', '--workspace', 'demo', '--email', 'admin@demo.example'], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const chunks = await command.stdout.toArray()
  return chunks.join('').trim()
}

async function sendRequest(url: string, token: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: '{ viewer { workspace { slug } } accounts(first: 1) { totalCount } }' }),
  })
  const text = await response.text()
  if (!text.includes('"slug":"demo"') || text.includes('"errors"'))
    throw new Error(`The server responded with ${response.status} ${text}`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('No free port.')
  return address.port
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
