import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { removeEmbeddedPostgres } from '../src/platform/data/embedded/embedded-postgres.ts'

// What a stranger does: start, ask something, stop. Twice, because the second start finds data.

// How long a start may hang before it counts as failed; how fast it is, is printed beside its goal. A busy machine is
// no fault of the server's.
const START_LIMIT = 60_000

const root = join(import.meta.dirname, '..')
const folder = await mkdtemp(join(tmpdir(), 'rapport-start-'))
// Open to pass through: as root, PostgreSQL runs as another user.
await chmod(folder, 0o711)
const home = join(folder, 'home')
try {
  await startAskStop('First', 15)
  await startAskStop('Second', 4)
} finally {
  await removeEmbeddedPostgres(home)
  await rm(folder, { recursive: true, force: true })
}

/** Throws an Error that says what did not happen; nothing is left running. */
async function startAskStop(which: string, goal: number): Promise<void> {
  const environment = { ...process.env, DATABASE_URL: '', RAPPORT_HOME: home, PORT: String(await freePort()) }
  const began = performance.now()
  const server = spawn('npm', ['start'], { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(server, 'close')
  try {
    const url = await readyAt(server.stdout, START_LIMIT)
    console.log(
      `${which} start: ready after ${((performance.now() - began) / 1_000).toFixed(1)} s; the goal is ${goal} s.`,
    )
    await ask(url, await tokenOfDemo(environment))
    const postgres = Number.parseInt(await readFile(join(home, 'postgres/data/postmaster.pid'), 'utf8'), 10)
    server.kill('SIGTERM')
    const [code] = await ended
    if (code !== 0) throw new Error(`SIGTERM: it ended with ${code} instead of 0.`)
    if (isAlive(postgres)) throw new Error(`SIGTERM: PostgreSQL (pid ${postgres}) was left running.`)
  } catch (error) {
    server.kill('SIGTERM')
    await ended
    throw error
  }
}

async function readyAt(output: Readable, limit: number): Promise<string> {
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
  throw new Error(`It ended before it was ready. It had printed:\n${text}`)
}

async function tokenOfDemo(environment: NodeJS.ProcessEnv): Promise<string> {
  const command = spawn('npx', ['rapport', 'token', '--workspace', 'demo', '--email', 'admin@demo.example'], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const chunks = await command.stdout.toArray()
  return chunks.join('').trim()
}

async function ask(url: string, token: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: '{ viewer { workspace { slug } } accounts(first: 1) { totalCount } }' }),
  })
  const answer = await response.text()
  if (!answer.includes('"slug":"demo"') || answer.includes('"errors"'))
    throw new Error(`It answered ${response.status} ${answer}`)
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
