import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at } from '../../src/testing/answers.ts'
import { createTestDatabase } from '../../src/testing/test-database.ts'

const PROGRAM = join(import.meta.dirname, '../../bin/rapport.js')
const READY = /^Rapport is ready at (http:\/\/127\.0\.0\.1:\d+\/graphql)$/m

let folder: string
let database: Awaited<ReturnType<typeof createTestDatabase>>
const children: ChildProcess[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rapport-production-'))
  database = await createTestDatabase()
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await Promise.all(
    children.map((child) => (child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null)),
  )
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

function rapport(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { PATH: process.env.PATH, DATABASE_URL: database.url, RAPPORT_HOME: folder, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let output = ''
  child.stdout.on('data', (text) => (output += String(text)))
  child.stderr.on('data', (text) => (output += String(text)))
  return { child, output: () => output, ended: once(child, 'close').then(() => child.exitCode) }
}

async function start(environment: Readonly<Record<string, string>>): Promise<{ url: string; output: string }> {
  const run = rapport(['start'], { NODE_ENV: 'production', ...environment })
  const giveUpAt = Date.now() + 90_000
  for (;;) {
    const url = READY.exec(run.output())?.[1]
    if (url !== undefined) return { url, output: run.output() }
    if (run.child.exitCode !== null || Date.now() > giveUpAt) throw new Error(`It did not start: ${run.output()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('`rapport start` with NODE_ENV=production', () => {
  it('serves no HTML page and no introspection, and with PERSISTED_OPERATIONS=only only persisted operations', async () => {
    const file = join(folder, 'operations.json')
    await writeFile(file, JSON.stringify({ names: '{ __typename }', schema: '{ __schema { types { name } } }' }))
    const { url, output } = await start({
      PERSISTED_OPERATIONS: 'only',
      PERSISTED_OPERATIONS_FILE: file,
      RATE_REQUESTS: '40',
    })
    expect(output).not.toContain('browser')

    const page = await fetch(url, { headers: { accept: 'text/html' } })
    expect([page.status, await page.text()]).toEqual([401, expect.stringContaining('UNAUTHENTICATED')])

    const token = rapport(['token', '--workspace', 'demo', '--email', 'member@demo.example'])
    expect(await token.ended).toBe(0)
    const ask = async (body: unknown) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token.output().trim()}` }
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
      const json: unknown = await response.json()
      return [response.headers.get('ratelimit-limit'), at(json, 'errors.0.extensions.code') ?? at(json, 'data')]
    }
    expect(await ask({ documentId: 'names' })).toEqual(['40', { __typename: 'Query' }])
    expect(await ask({ query: '{ __typename }' })).toEqual(['40', 'PERSISTED_QUERY_ID_REQUIRED'])
    expect(await ask({ documentId: 'schema' })).toEqual(['40', 'BAD_USER_INPUT'])
  })

  it.each([
    [{ NODE_ENV: 'prodcution' }, 'NODE_ENV is "prodcution"; expected development, test or production'],
    [{ CORS_ORIGINS: '*' }, 'CORS_ORIGINS is "*"; expected origins'],
    [{ LIMIT_DEPTH: 'deep' }, 'LIMIT_DEPTH is "deep"; expected a whole number'],
    [
      { PERSISTED_OPERATIONS: 'only', PERSISTED_OPERATIONS_FILE: '/nowhere.json' },
      'PERSISTED_OPERATIONS_FILE /nowhere.json cannot be used',
    ],
  ])('ends with an error message when it has the invalid environment variables %j', async (environment, message) => {
    const run = rapport(['start'], { NODE_ENV: 'production', ...environment })
    expect([await run.ended, run.output()]).toEqual([1, expect.stringContaining(message)])
  })
})
