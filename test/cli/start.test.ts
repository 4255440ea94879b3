import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeEmbeddedPostgres } from '../../src/platform/data/embedded/embedded-postgres.ts'

const PROGRAM = join(import.meta.dirname, '../../bin/rapport.js')
const READY = /^Rapport is ready at (http:\/\/127\.0\.0\.1:\d+\/graphql)$/m
const MEMBER = '--workspace demo --email member@demo.example'.split(' ')

let folder: string
let home: string
const children: ChildProcess[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rapport-start-'))
  await chmod(folder, 0o711)
  home = join(folder, 'home')
})

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await removeEmbeddedPostgres(home)
  await rm(folder, { recursive: true, force: true })
})

interface Run {
  child: ChildProcess
  output: () => string
  errors: () => string
  /** Resolves with the exit code. */
  ended: Promise<number | null>
}

function rapport(args: string[], environment: NodeJS.ProcessEnv = {}): Run {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { PATH: process.env.PATH, RAPPORT_HOME: home, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let output = ''
  let errors = ''
  child.stdout.on('data', (text) => (output += String(text)))
  child.stderr.on('data', (text) => (errors += String(text)))
  const ended = once(child, 'close').then(() => child.exitCode)
  return { child, output: () => output, errors: () => errors, ended }
}

/** Starts the server and returns the address in its ready line. */
async function startServer(): Promise<Run & { url: string }> {
  const run = rapport(['start'])
  const giveUpAt = Date.now() + 90_000
  for (;;) {
    const url = READY.exec(run.output())?.[1]
    if (url !== undefined) return { ...run, url }
    if (run.child.exitCode !== null || Date.now() > giveUpAt) throw new Error(`It did not start: ${run.errors()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function postgresIsGone(): Promise<boolean> {
  return (await stat(join(home, 'postgres', 'data', 'postmaster.pid')).catch(() => null)) === null
}

describe('`rapport start`', () => {
  it('lets `rapport token` work while the server runs, and stops server and embedded PostgreSQL on SIGTERM', async () => {
    const server = await startServer()
    expect(server.output()).toContain('npx rapport token --workspace demo --email admin@demo.example')

    const token = rapport(['token', ...MEMBER])
    expect(await token.ended).toBe(0)
    expect(token.output()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    const answer = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token.output().trim()}` },
      body: JSON.stringify({ query: '{ __typename }' }),
    })
    expect(await answer.json()).toEqual({ data: { __typename: 'Query' } })

    server.child.kill('SIGTERM')
    expect(await server.ended).toBe(0)
    expect(await postgresIsGone()).toBe(true)
  })

  it('ends with exit code 0 when SIGINT arrives twice, as for Ctrl-C from the terminal and from npm', async () => {
    const server = await startServer()
    server.child.kill('SIGINT')
    server.child.kill('SIGINT')
    expect(await server.ended).toBe(0)
    expect(await postgresIsGone()).toBe(true)
  })

  it('starts again after SIGKILL, although the PostgreSQL of the killed server still runs', async () => {
    const killed = await startServer()
    killed.child.kill('SIGKILL')
    await killed.ended
    expect(await postgresIsGone()).toBe(false)
    const server = await startServer()
    expect(server.errors()).toContain('which a killed Rapport had left running')
    server.child.kill('SIGINT')
    expect(await server.ended).toBe(0)
  })

  it('does not have to run when `rapport token` prints a token', async () => {
    const token = rapport(['token', ...MEMBER])
    expect(await token.ended).toBe(0)
    expect(token.output()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    expect(await postgresIsGone()).toBe(true)
  })

  it('ends with exit code 1 when the embedded PostgreSQL ends', async () => {
    const server = await startServer()
    const lines = (await readFile(join(home, 'postgres', 'data', 'postmaster.pid'), 'utf8')).split('\n')
    process.kill(Number(lines[0]), 'SIGINT')
    expect(await server.ended).toBe(1)
    expect(server.errors()).toContain('PostgreSQL ended unexpectedly')
  })
})

describe('`rapport start` fails with a message that names the cause:', () => {
  it('a home folder that another server uses', async () => {
    const server = await startServer()
    const second = rapport(['start'])
    expect(await second.ended).toBe(1)
    expect(second.errors()).toMatch(/^Rapport is already running here: `rapport start` \(pid \d+\)/m)
    server.child.kill('SIGINT')
    expect(await server.ended).toBe(0)
  })

  it('a port that another program uses', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const address = taken.address()
    const port = address !== null && typeof address === 'object' ? String(address.port) : ''
    const run = rapport(['start'], { PORT: port, LOG_LEVEL: 'error' })
    expect(await run.ended).toBe(1)
    expect(run.errors()).toBe(
      `Port ${port} of 127.0.0.1 is used by another program. Stop that program, or choose another port with PORT.\n`,
    )
    expect(await postgresIsGone()).toBe(true)
    taken.close()
  })

  it('an unreachable database', async () => {
    const run = rapport(['start'], { DATABASE_URL: 'postgres://crm:hunter2@127.0.0.1:1/crm', LOG_LEVEL: 'error' })
    expect(await run.ended).toBe(1)
    expect(run.errors()).toBe(
      'Cannot reach PostgreSQL at 127.0.0.1:1/crm as crm: connect ECONNREFUSED 127.0.0.1:1. Start it, or correct DATABASE_URL.\n',
    )
  })

  it('invalid environment variables', async () => {
    const run = rapport(['start'], { PORT: 'many', LOG_LEVEL: 'loud' })
    expect(await run.ended).toBe(1)
    expect(run.errors()).toContain('PORT is "many"; expected a whole number from 0 to 65535\n')
    expect(run.errors()).toContain('LOG_LEVEL is "loud"')
  })
})
