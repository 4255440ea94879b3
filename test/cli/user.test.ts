import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProgram } from '../../src/cli/command-line.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/platform/data/database.ts'
import { encodeId } from '../../src/platform/declare/record-id.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/test-database.ts'

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

/** Runs a command and returns the lines that it printed. */
async function rapport(...args: string[]): Promise<string[]> {
  const lines: string[] = []
  const program = await createProgram(
    {
      config: () => config,
      log: () => pino({ level: 'silent' }),
      input: async function* () {
        yield* input
      },
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

async function query(text: string): Promise<Record<string, unknown>[]> {
  const { ownerPool, close } = openDatabase(database.url)
  try {
    return (await ownerPool.query<Record<string, unknown>>(text)).rows
  } finally {
    await close()
  }
}

const website = ['--workspace', 'acme', '--name', 'Website', '--role', 'member']
const ada = ['--workspace', 'acme', '--email', 'ada@acme.example']

describe('`rapport user`', () => {
  it('`create` adds a user with a role, but not with the e-mail address of another user', async () => {
    const [line] = await rapport('user', 'create', ...ada, '--name', 'Ada', '--role', 'member')
    expect(line).toContain('rapport user set-password --workspace acme --email ada@acme.example')
    await expect(rapport('user', 'create', ...ada, '--name', 'Ada', '--role', 'member')).rejects.toThrow('already has')
  })

  it('`set-password` prints a setup token and nothing else', async () => {
    expect(await rapport('user', 'set-password', ...ada)).toEqual([expect.stringMatching(/^rps_[\w-]{43}$/)])
  })

  it('`set-password --stdin` sets the first line of standard input as the password, unless it is easy to guess', async () => {
    input = [PASSWORD.slice(0, 5), `${PASSWORD.slice(5)}\r\nanother line`]
    expect(await rapport('user', 'set-password', ...ada, '--stdin')).toEqual([expect.stringContaining('is set')])
    expect(await query('select hash is not null as "isSet", setup_hash from passwords')).toEqual([
      { isSet: true, setup_hash: null },
    ])
    input = ['\n']
    await expect(rapport('user', 'set-password', ...ada, '--stdin')).rejects.toThrow(
      'Standard input contains no password',
    )
    input = ['ada@acme.example']
    await expect(rapport('user', 'set-password', ...ada, '--stdin')).rejects.toThrow('easy to guess')
  })

  it('`suspend` and `reactivate` write a change to the log, and an audit entry that names the command', async () => {
    await rapport('user', 'suspend', ...ada)
    await expect(rapport('token', ...ada)).rejects.toThrow('suspended')
    await rapport('user', 'suspend', ...ada)
    await rapport('user', 'reactivate', ...ada)
    expect(await rapport('token', ...ada)).toHaveLength(1)
    const entries = await query(
      `select mutation, changes, version from audit_entries where type = 'User' and changes ? 'isActive' order by id`,
    )
    expect(entries).toEqual([
      { mutation: 'rapport user suspend', changes: { isActive: { from: true, to: false } }, version: 2 },
      { mutation: 'rapport user reactivate', changes: { isActive: { from: false, to: true } }, version: 3 },
    ])
    expect(await query(`select count(*)::int as count from changes where 'isActive' = any(changed_fields)`)).toEqual([
      { count: 2 },
    ])
  })

  it('`suspend` refuses the last active administrator without --force', async () => {
    const boss = ['--workspace', 'acme', '--email', 'boss@acme.example']
    await expect(rapport('user', 'suspend', ...boss)).rejects.toThrow('Nobody could administer the workspace any more')
    expect(await rapport('token', ...boss)).toHaveLength(1)
    await rapport(
      'user',
      'create',
      '--workspace',
      'acme',
      '--email',
      'eve@acme.example',
      '--name',
      'Eve',
      '--role',
      'admin',
    )
    expect(await rapport('user', 'suspend', ...boss)).toEqual([expect.stringContaining('is suspended')])
    const eve = ['--workspace', 'acme', '--email', 'eve@acme.example']
    await expect(rapport('user', 'suspend', ...eve)).rejects.toThrow('needs an active user')
    await rapport('user', 'suspend', ...eve, '--force')
    await expect(rapport('token', ...eve)).rejects.toThrow('suspended')
    // A workspace without an active administrator does not prevent suspending a user who is not an administrator.
    await rapport('user', 'suspend', ...ada)
    for (const user of [boss, eve, ada]) await rapport('user', 'reactivate', ...user)
  })

  it.each([
    ['create', '--workspace', 'nowhere', '--email', 'x@y.example', '--name', 'X', '--role', 'member'],
    ['create', '--workspace', 'acme', '--email', 'x@y.example', '--name', 'X', '--role', 'king'],
    ['set-password', '--workspace', 'acme', '--email', 'nobody@acme.example'],
    ['suspend', '--workspace', 'acme', '--email', 'nobody@acme.example'],
  ])('refuses an unknown workspace, role or user: `rapport user %s %s %s %s %s …`', async (...args) => {
    await expect(rapport('user', ...args)).rejects.toThrow(/no (workspace|role|user)/)
  })
})

describe('`rapport api-key`', () => {
  it('`list` shows the API keys of a workspace, and `revoke` revokes the key with a given record id', async () => {
    expect(await rapport('api-key', 'list', '--workspace', 'acme')).toEqual(['The workspace acme has no API key.'])
    const [secret = ''] = await rapport('api-key', 'create', ...website)
    const [line = ''] = await rapport('api-key', 'list', '--workspace', 'acme')
    expect(line).toMatch(new RegExp(`^apikey_[0-9a-z]{26}  …${secret.slice(-4)}  active  member  Website$`))
    const [id = ''] = line.split(' ')
    expect(await rapport('api-key', 'revoke', id, '--workspace', 'acme')).toEqual(['The API key Website is revoked.'])
    expect(await rapport('api-key', 'list', '--workspace', 'acme')).toEqual([expect.stringContaining('  revoked  ')])
    await expect(rapport('api-key', 'revoke', 'x', '--workspace', 'acme')).rejects.toThrow('no API key x')
    const other = encodeId('user', randomUUID())
    await expect(rapport('api-key', 'revoke', other, '--workspace', 'acme')).rejects.toThrow(`no API key ${other}`)
  })

  it('`revoke` accepts the uuid of a key instead of the record id', async () => {
    await rapport('api-key', 'create', ...website)
    const [key] = await query(`select id from actors where kind = 'API_KEY' and is_active`)
    await rapport('api-key', 'revoke', String(key?.['id']).toUpperCase(), '--workspace', 'acme')
    expect(await query(`select 1 from actors where kind = 'API_KEY' and is_active`)).toEqual([])
  })

  it('`create` gives a key the permissions of --scope and the expiry of --expires', async () => {
    const limits = ['--scope', 'account:read', 'contact.email:read@own', '--expires', '2100-01-31']
    await rapport('api-key', 'create', ...website, ...limits)
    const [key] = await query(`select scopes, expires_at from actors where kind = 'API_KEY' and is_active`)
    expect(key).toEqual({
      scopes: ['account:read', 'contact.email:read@own'],
      expires_at: new Date('2100-01-31T00:00:00Z'),
    })
    expect((await rapport('api-key', 'list', '--workspace', 'acme')).at(-1)).toContain(
      'active until 2100-01-31T00:00:00.000Z',
    )
  })

  it.each([
    [['--scope', 'accounts'], '"accounts" is not a permission'],
    [['--expires', 'soon'], 'Expected a duration'],
    [['--expires', '2020-01-31'], 'must lie in the future'],
  ])('`create` refuses the invalid options %j', async (limits, message) => {
    await expect(rapport('api-key', 'create', ...website, ...limits)).rejects.toThrow(message)
  })
})

it('each write by a `rapport` command is logged under the actor "operator", and its audit entry names the command', async () => {
  for (const table of ['audit_entries', 'changes']) {
    const actors = await query(`select distinct a.kind::text, a.display_name from ${table} e
      join actors a on a.workspace_id = e.workspace_id and a.id = e.actor_id`)
    expect(actors).toEqual([{ kind: 'PLUGIN', display_name: 'operator' }])
  }
  expect(await query(`select count(*)::int as count from actors where kind = 'PLUGIN'`)).toEqual([{ count: 1 }])
  const told = await query(`select mutation, operation::text, type, array_agg(distinct field order by field) as fields
    from audit_entries, jsonb_object_keys(changes) field group by 1, 2, 3 order by 1, 3`)
  expect(told.map((row) => Object.values(row).join(' '))).toEqual([
    'rapport api-key create CREATED ApiKey displayName,expiresAt,roles,scopes',
    'rapport api-key revoke UPDATED ApiKey isActive',
    'rapport user create CREATED User displayName,email,roles',
    'rapport user reactivate UPDATED User isActive',
    'rapport user set-password UPDATED User password,setupToken',
    'rapport user suspend UPDATED User isActive',
    'rapport workspace create CREATED LossReason name',
    'rapport workspace create CREATED NegotiationAuthority maxDiscountPercent,roleId',
    'rapport workspace create CREATED Pipeline isDefault,name',
    'rapport workspace create CREATED Role description,name,permissions',
    'rapport workspace create CREATED Stage forecastCategory,kind,name,pipelineId,position,probability',
    'rapport workspace create CREATED User displayName,email,roles',
    'rapport workspace create CREATED Workspace name,slug',
  ])
  // Each audit entry has its change in the log, and the audit contains no secret.
  const unlogged = await query(`select 1 from audit_entries e where not exists (
    select from changes c where c.xid = e.xid and c.record_id = e.record_id and c.operation::text = e.operation::text)`)
  expect(unlogged).toEqual([])
  expect(await query(`select 1 from audit_entries where changes::text ~ 'rp[ks]_|tafel'`)).toEqual([])
})

it.each([
  'user',
  'user create',
  'user set-password',
  'user suspend',
  'user reactivate',
  'api-key list',
  'api-key revoke',
])('`rapport %s --help` prints a help text', async (command) => {
  await expect(rapport(...command.split(' '), '--help')).rejects.toThrow('(outputHelp)')
})
