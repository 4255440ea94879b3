import { decodeJwt } from 'jose'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createProgram } from '../../src/cli/command-line.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/test-database.ts'

let database: TestDatabase
let config: Config

beforeAll(async () => {
  database = await createTestDatabase()
  config = readConfig({ DATABASE_URL: database.url, PORT: '0', RAPPORT_CONFIG: 'no-plugins.config.ts' })
})

afterAll(() => database.drop())

/** Runs a command and returns the lines that it printed. */
async function rapport(...args: string[]): Promise<string[]> {
  const lines: string[] = []
  const program = await createProgram(
    {
      config: () => config,
      log: () => pino({ level: 'silent' }),
      print: (line) => lines.push(line),
    },
    args,
  )
  for (const command of [program, ...program.commands, ...program.commands.flatMap((parent) => parent.commands)]) {
    command.configureOutput({ writeOut: (text) => lines.push(text), writeErr: () => undefined })
  }
  await program.parseAsync(args, { from: 'user' })
  return lines
}

it('`rapport workspace create` adds an administrator, for whom `rapport token` prints an access token and nothing else', async () => {
  await rapport('workspace', 'create', 'acme', '--admin', 'Boss@Acme.example', '--name', 'Acme Ltd')
  const printed = await rapport('token', '--workspace', 'acme', '--email', 'boss@acme.example', '--expires-in', '1h')
  expect(printed).toHaveLength(1)
  const { iat = 0, exp = 0 } = decodeJwt(printed[0] ?? '')
  expect(exp - iat).toBe(3_600)
})

it('`rapport api-key create` creates an API key and prints only the secret of the key', async () => {
  await rapport('workspace', 'create', 'keyed', '--admin', 'boss@keyed.example')
  const printed = await rapport('api-key', 'create', '--workspace', 'keyed', '--name', 'Website', '--role', 'read-only')
  expect(printed).toEqual([expect.stringMatching(/^rpk_[\w-]{43}$/)])
})

it('`rapport keys rotate` replaces the signing key, also with --compromised', async () => {
  const [first] = await rapport('keys', 'rotate')
  const [second] = await rapport('keys', 'rotate', '--compromised')
  expect(first).toMatch(/^The signing key is now [\w-]{43}\.$/)
  expect(second).not.toBe(first)
})

it('`rapport migrate` runs no migration in a database that is up to date, and says so', async () => {
  expect(await rapport('migrate')).toEqual(['The database is up to date.'])
})

it('`rapport doctor` reports no problem in a database that is up to date', async () => {
  const lines = await rapport('doctor')
  expect(lines.filter((line) => line.startsWith('PROBLEM'))).toEqual([])
  expect(lines.join('\n')).toContain('Isolation: row-level security is on')
  expect(lines).toContain('ok       Plugins: all are the same as when they were installed.')
})

it.each([
  [
    'a new workspace with the slug of another workspace',
    ['workspace', 'create', 'acme', '--admin', 'a@b.example'],
    'There already is a workspace "acme"',
  ],
  [
    'a token in an unknown workspace',
    ['token', '--workspace', 'nowhere', '--email', 'a@b.example'],
    'no workspace "nowhere"',
  ],
  [
    'a token for an unknown user',
    ['token', '--workspace', 'acme', '--email', 'a@b.example'],
    'no user with the e-mail',
  ],
  [
    'an API key with an unknown role',
    ['api-key', 'create', '--workspace', 'acme', '--name', 'x', '--role', 'king'],
    'king',
  ],
  [
    'a token with a lifetime of 25 hours',
    ['token', '--workspace', 'acme', '--email', 'a@b.example', '--expires-in', '25h'],
    '24 hours',
  ],
  ['a command without a required option', ['token', '--workspace', 'acme'], "required option '--email <email>'"],
  ['an unknown command', ['frobnicate'], "unknown command 'frobnicate'"],
])('the command line refuses %s', async (_, args, message) => {
  await expect(rapport(...args)).rejects.toThrow(message)
})

it.each([
  '',
  'start',
  'migrate',
  'workspace',
  'workspace create',
  'token',
  'api-key',
  'api-key create',
  'keys',
  'keys rotate',
  'audit verify',
  'audit seal',
  'import',
  'demo',
  'doctor',
])('`rapport %s --help` prints a help text', async (command) => {
  await expect(rapport(...command.split(' ').filter(Boolean), '--help')).rejects.toThrow('(outputHelp)')
})
