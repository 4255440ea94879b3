import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Config, readConfig } from '../../src/config.ts'
import { createUser } from '../../src/modules/workspaces/create-user.ts'
import { createWorkspace } from '../../src/modules/workspaces/provision.ts'
import { type Database, openDatabase } from '../../src/platform/data/database.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/test-database.ts'
import { runCommand } from './run-command.ts'

let testDatabase: TestDatabase
let database: Database
let config: Config
let folder: string

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  database = openDatabase(testDatabase.url)
  config = readConfig({ DATABASE_URL: testDatabase.url, PORT: '0' })
  folder = await mkdtemp(join(tmpdir(), 'rapport-import-'))
  const { workspaceId } = await createWorkspace(database.ownerPool, { slug: 'acme', adminEmail: 'boss@acme.example' })
  await createUser(database.ownerPool, {
    workspaceId,
    email: 'reader@acme.example',
    displayName: 'Reader',
    roleName: 'read-only',
  })
})

afterAll(async () => {
  await database.close()
  await testDatabase.drop()
  await rm(folder, { recursive: true })
})

async function rapportImport(csv: string, ...options: string[]): Promise<string[]> {
  const file = join(folder, 'file.csv')
  await writeFile(file, csv)
  return rapport('import', file, '--object', 'account', '--workspace', 'acme', ...options)
}

const rapport = (...args: string[]) => runCommand(config, ...args)

const BOSS = ['--email', 'boss@acme.example']
const MAP = [
  '--map',
  'account=name',
  '--map',
  'revenue=annualRevenue:USD*1000000',
  '--map',
  'sector=industry',
  '--map',
  'part of=parent.name',
  '--replace',
  'industry:technolgy=technology',
]
const CSV = 'account,sector,revenue,part of\nSub,technolgy,0.5,Top\nTop,retail,1100.04,\n'

const count = async () =>
  (await database.ownerPool.query<{ count: number }>('select count(*)::int as count from accounts')).rows[0]?.count

it('`rapport import` creates the records of a file, but none with --dry-run, and changes nothing at the next run', async () => {
  expect(await rapportImport(CSV, ...BOSS, ...MAP, '--dry-run')).toEqual([
    'Dry run, nothing was written: 2 created, 0 updated, 0 unchanged, 0 failed.',
  ])
  expect(await count()).toBe(0)
  expect(await rapportImport(CSV, ...BOSS, ...MAP, '--constant', 'type=customer')).toEqual([
    '2 created, 0 updated, 0 unchanged, 0 failed.',
  ])
  expect(await rapportImport(CSV, ...BOSS, ...MAP, '--constant', 'type=customer')).toEqual([
    '0 created, 0 updated, 2 unchanged, 0 failed.',
  ])
  const { rows } = await database.ownerPool.query(
    'select a.name, a.type, a.industry, a.annual_revenue_amount as revenue, p.name as parent, a.version from accounts a left join accounts p on p.id = a.parent_id order by a.name',
  )
  expect(rows).toEqual([
    { name: 'Sub', type: 'CUSTOMER', industry: 'technology', revenue: '500000.0000', parent: 'Top', version: 1 },
    { name: 'Top', type: 'CUSTOMER', industry: 'retail', revenue: '1100040000.0000', parent: null, version: 1 },
  ])
  const audit = await database.ownerPool.query(
    'select count(*)::int as count, count(distinct actor_id)::int as actors from audit_entries',
  )
  expect(audit.rows).toEqual([{ count: 2, actors: 1 }])
})

it('`rapport import` reports the line and field of an error and then writes no row of the file', async () => {
  const before = await count()
  const problem =
    'Line 3, annualRevenue.amount: "much" is not a number. Write it as 1234.5, without thousands separators.\nNothing was written.'
  await expect(
    rapportImport('account,sector,revenue,part of\nGood,x,1,\nBad,x,much,\n', ...BOSS, ...MAP),
  ).rejects.toThrow(problem)
  expect(await count()).toBe(before)
})

it('`rapport import --error-policy reject-failed` writes the valid rows and reports the others', async () => {
  const csv = 'account,sector,revenue,part of\nGood,x,1,\nBad,x,much,\n'
  await expect(rapportImport(csv, ...BOSS, ...MAP, '--error-policy', 'reject-failed')).rejects.toThrow(
    'Line 3, annualRevenue',
  )
  const { rows } = await database.ownerPool.query(`select name from accounts where name in ('Good', 'Bad')`)
  expect(rows).toEqual([{ name: 'Good' }])
})

it.each([
  [
    'a mapping from a column that the file does not have',
    [...BOSS, '--map', 'acount=name'],
    '--map acount=name: The file has no column acount. It has: account, sector',
  ],
  [
    'a mapping to a field that the object does not have',
    [...BOSS, '--map', 'account=nom'],
    '--map account=nom: Account has no field nom',
  ],
  [
    'a replacement for a field without a mapping',
    [...BOSS, '--map', 'account=name', '--replace', 'industry:a=b'],
    '--replace industry:… has no --map option for the same field',
  ],
  ['a mapping without a field', [...BOSS, '--map', 'account'], 'Expected <column>=<field>'],
  ['options without a mapping', BOSS, '--map is missing'],
  [
    'an import set for one file',
    [...BOSS, ...MAP, '--set', 'type=customer'],
    'For a value of a field, use --constant.',
  ],
  [
    'a user who may not create records of the object',
    ['--email', 'reader@acme.example', ...MAP],
    'Importing Account needs the permission account:create',
  ],
  ['an unknown user', ['--email', 'nobody@acme.example', ...MAP], 'no user with the e-mail nobody@acme.example'],
])('`rapport import` refuses %s', async (_, options, message) => {
  await expect(rapportImport(CSV, ...options)).rejects.toThrow(message)
})

it('`rapport import` refuses a file that does not exist', async () => {
  const args = ['import', join(folder, 'nowhere.csv'), '--object', 'account', '--workspace', 'acme', ...BOSS, ...MAP]
  await expect(rapport(...args)).rejects.toThrow(/nowhere\.csv can't be read: ENOENT/)
})
