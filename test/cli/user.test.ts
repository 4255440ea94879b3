import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProgram } from '../../src/cli/command-line.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/platform/data/database.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts'

const PASSWORD = 'tafel wolke zimt 7'

let database: TestDatabase
let config: Config
let input: string[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  config = readConfig({ DATABASE_URL: database.url, RAPPORT_CONFIG: 'no-plugins.config.ts' })
  await rapport('workspace', 'create', 'acme', '--admin', 'boss@acme.example')
})
afterAll(() => database.drop())

/** Runs a command and answers the lines that it printed. */
async function rapport(...args: string[]): Promise<string[]> {
  const lines: string[] = []
  const program = createProgram({
    config: () => config,
    log: () => pino({ level: 'silent' }),
    input: async function* () {
      yield* input
    },
    print: (line) => lines.push(line),
  })
  for (const command of [program, ...program.commands, ...program.commands.flatMap((parent) => parent.commands)]) {
    command.configureOutput({ writeOut: (text) => lines.push(text), writeErr: () => undefined })
  }
  await program.parseAsync(args, { from: 'user' })
  return lines
}

async function query(text: string): Promise<Record<string, unknown>[]> {
  const { owner, close } = openDatabase(database.url)
  try {
    return (await owner.query<Record<string, unknown>>(text)).rows
  } finally {
    await close()
  }
}

const ada = ['--workspace', 'acme', '--email', 'ada@acme.example']

describe('rapport user', () => {
  it('makes a user with a role', async () => {
    const [line] = await rapport('user', 'create', ...ada, '--name', 'Ada', '--role', 'member')
    expect(line).toContain('rapport user set-password --workspace acme --email ada@acme.example')
    await expect(rapport('user', 'create', ...ada, '--name', 'Ada', '--role', 'member')).rejects.toThrow('already has')
  })

  it('prints a setup token and nothing else', async () => {
    expect(await rapport('user', 'set-password', ...ada)).toEqual([expect.stringMatching(/^rps_[\w-]{43}$/)])
  })

  it('sets a password from standard input', async () => {
    input = [PASSWORD.slice(0, 5), `${PASSWORD.slice(5)}\r\nanother line`]
    expect(await rapport('user', 'set-password', ...ada, '--stdin')).toEqual([expect.stringContaining('is set')])
    expect(await query('select hash is not null as "isSet", setup_hash from passwords')).toEqual([
      { isSet: true, setup_hash: null },
    ])
    input = ['\n']
    await expect(rapport('user', 'set-password', ...ada, '--stdin')).rejects.toThrow('no password on standard input')
    input = ['ada@acme.example']
    await expect(rapport('user', 'set-password', ...ada, '--stdin')).rejects.toThrow('easy to guess')
  })

  it('suspends and reactivates, and tells the log and the audit by which command', async () => {
    await rapport('user', 'suspend', ...ada)
    await expect(rapport('token', ...ada)).rejects.toThrow('suspended')
    await rapport('user', 'suspend', ...ada)
    await rapport('user', 'reactivate', ...ada)
    expect(await rapport('token', ...ada)).toHaveLength(1)
    const entries = await query(`select mutation, changes, version from audit_entries where type = 'User' order by id`)
    expect(entries).toEqual([
      { mutation: 'rapport user suspend', changes: { isActive: { from: true, to: false } }, version: 2 },
      { mutation: 'rapport user reactivate', changes: { isActive: { from: false, to: true } }, version: 3 },
    ])
    expect(await query(`select changed_fields from changes where type = 'User'`)).toEqual([
      { changed_fields: ['isActive'] },
      { changed_fields: ['isActive'] },
    ])
  })

  it.each([
    ['create', '--workspace', 'nowhere', '--email', 'x@y.example', '--name', 'X', '--role', 'member'],
    ['create', '--workspace', 'acme', '--email', 'x@y.example', '--name', 'X', '--role', 'king'],
    ['set-password', '--workspace', 'acme', '--email', 'nobody@acme.example'],
    ['suspend', '--workspace', 'acme', '--email', 'nobody@acme.example'],
  ])('refuses what is not there: %s', async (...args) => {
    await expect(rapport('user', ...args)).rejects.toThrow(/no (workspace|role|user)/)
  })
})

describe('rapport api-key', () => {
  it('lists keys and revokes one', async () => {
    expect(await rapport('api-key', 'list', '--workspace', 'acme')).toEqual(['The workspace acme has no API key.'])
    const [secret = ''] = await rapport(
      'api-key',
      'create',
      '--workspace',
      'acme',
      '--name',
      'Website',
      '--role',
      'member',
    )
    const [line = ''] = await rapport('api-key', 'list', '--workspace', 'acme')
    expect(line).toMatch(new RegExp(`^[0-9a-f-]{36}  …${secret.slice(-4)}  active  member  Website$`))
    const id = line.slice(0, 36)
    expect(await rapport('api-key', 'revoke', id, '--workspace', 'acme')).toEqual(['The API key Website is revoked.'])
    expect(await rapport('api-key', 'list', '--workspace', 'acme')).toEqual([expect.stringContaining('  revoked  ')])
    await expect(rapport('api-key', 'revoke', 'x', '--workspace', 'acme')).rejects.toThrow('no API key x')
  })
})

it.each([
  ['user'],
  ['user', 'create'],
  ['user', 'set-password'],
  ['user', 'suspend'],
  ['user', 'reactivate'],
  ['api-key', 'list'],
  ['api-key', 'revoke'],
])('has help for: %s %s', async (...command) => {
  await expect(rapport(...command, '--help')).rejects.toThrow('(outputHelp)')
})
