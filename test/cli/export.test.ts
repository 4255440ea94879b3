import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createProgram } from '../../src/cli/command-line.ts'
import { readConfig } from '../../src/config.ts'
import { createUser } from '../../src/modules/workspaces/create-user.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount } from '../support/records.ts'

let app: TestApp
let folder: string

beforeAll(async () => {
  app = await createTestApp()
  folder = await mkdtemp(join(tmpdir(), 'rapport-export-'))
  const parent = await addAccount(app.as('admin'), { name: 'Top', industry: 'Retail' })
  await addAccount(app.as('admin'), { name: 'Sub', parentId: parent.id })
})
afterAll(async () => {
  await app.close()
  await rm(folder, { recursive: true })
})

async function rapportExport(file: string, ...options: string[]): Promise<string[]> {
  const lines: string[] = []
  const context = {
    config: () => readConfig({ DATABASE_URL: app.databaseUrl, PORT: '0' }),
    log: () => pino({ level: 'silent' }),
    print: (line: string) => void lines.push(line),
  }
  const args = ['export', join(folder, file), '--object', 'account', '--workspace', 'acme', ...options]
  await (await createProgram(context, args)).parseAsync(args, { from: 'user' })
  return lines.map((line) => line.replace(folder, ''))
}

const content = (file: string) => readFile(join(folder, file), 'utf8')
const ADMIN = ['--email', 'admin@acme.example']

it('`rapport export` writes a CSV file, or JSON Lines when its name ends in .jsonl, and the audit names the user and the command', async () => {
  const fields = ['--field', 'name', '--field', 'parent.name']
  expect(await rapportExport('all.csv', ...ADMIN, ...fields, '--order-by', 'name:desc')).toEqual([
    '2 exported to /all.csv.',
  ])
  expect(await content('all.csv')).toBe('name,parent.name\r\nTop,\r\nSub,Top\r\n')
  const filter = ['--filter', '{"parent":{"isNull":false}}']
  expect(await rapportExport('some.jsonl', ...ADMIN, ...fields, ...filter)).toEqual(['1 exported to /some.jsonl.'])
  expect(await content('some.jsonl')).toBe('{"name":"Sub","parent":{"name":"Top"}}\n')
  const { rows } = await app.database.ownerPool.query(
    `select distinct a.email, e.mutation from audit_entries e join actors a on a.id = e.actor_id where e.operation = 'EXPORTED'`,
  )
  expect(rows).toEqual([{ email: 'admin@acme.example', mutation: 'rapport export' }])
})

it('`rapport export` says which option is wrong, and leaves neither a file of its own nor changes one that exists', async () => {
  await writeFile(join(folder, 'kept.csv'), 'mine')
  const before = await readdir(folder)
  await expect(rapportExport('new.csv', ...ADMIN, '--field', 'name', '--field', 'nmae')).rejects.toThrow(
    '--field 2: Account has no field "nmae" to export.',
  )
  await expect(rapportExport('kept.csv', ...ADMIN, '--field', 'name')).rejects.toThrow(
    /kept\.csv can't be created: EEXIST.*Name a file that does not exist\./,
  )
  const { workspaceId } = app.as('admin').actor
  await app.database.ownerPool.query(
    `insert into roles (workspace_id, id, name, permissions) values ($1, gen_random_uuid(), 'names', '{account.name:read}')`,
    [workspaceId],
  )
  const user = { workspaceId, email: 'names@acme.example', displayName: 'Names', roleName: 'names' }
  await createUser(app.database.ownerPool, user)
  await expect(rapportExport('new.csv', '--email', user.email, '--field', 'industry')).rejects.toThrow(
    'Exporting Account.industry needs the permission account.industry:read.',
  )
  expect([await readdir(folder), await content('kept.csv')]).toEqual([before, 'mine'])
})
