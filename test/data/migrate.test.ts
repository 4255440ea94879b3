import { fork } from 'node:child_process'
import { on, once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { migrate, pendingMigrations } from '../../src/platform/data/migrations/migrate.ts'
import { MigrationError, NewerDatabaseError } from '../../src/platform/data/migrations/migration-error.ts'
import type { MigrationSource } from '../../src/platform/data/migrations/migration-files.ts'
import { ask, createEmptyDatabase, type EmptyDatabase } from './empty-database.ts'

let database: EmptyDatabase
let core: MigrationSource

beforeEach(async () => {
  database = await createEmptyDatabase()
  core = await ownerOf('core', { '0001_a.sql': 'create table a (id int)', '0002_b.sql': 'create table b (id int)' })
  return () => database.drop()
})

const directories: string[] = []

afterEach(async () => {
  await Promise.all(directories.splice(0).map((directory) => rm(directory, { recursive: true })))
})

async function ownerOf(owner: string, files: Record<string, string>): Promise<MigrationSource> {
  const directory = await mkdtemp(join(tmpdir(), 'rapport-migrations-'))
  directories.push(directory)
  for (const [name, sql] of Object.entries(files)) await writeFile(join(directory, name), sql)
  return { pluginId: owner, directory }
}

async function tables(): Promise<string[]> {
  const rows = await database.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' order by tablename`,
  )
  return rows.map(({ name }) => name)
}

describe('migrate', () => {
  it('runs each pending migration once, in the order of the file names', async () => {
    const told: string[] = []
    const all = [
      { pluginId: 'core', name: '0001_a.sql' },
      { pluginId: 'core', name: '0002_b.sql' },
    ]

    expect(await pendingMigrations(database.url, [core])).toEqual(all)
    expect(await migrate(database.url, [core], { onApply: (owner, name) => told.push(`${owner} ${name}`) })).toEqual(
      all,
    )
    expect(told).toEqual(['core 0001_a.sql', 'core 0002_b.sql'])
    expect(await tables()).toEqual(['a', 'b', 'rapport_migrations'])
    expect(await migrate(database.url, [core])).toEqual([])
    expect(await pendingMigrations(database.url, [core])).toEqual([])
  })

  it('remembers the migrations of a plugin that is missing at one run, and does not repeat them later', async () => {
    const legal = await ownerOf('legal', { '0001_a.sql': 'create table legal_a (id int references b_key)' })
    await writeFile(join(core.directory, '0003_key.sql'), 'create table b_key (id int primary key)')

    await migrate(database.url, [core, legal])
    await writeFile(join(core.directory, '0004_c.sql'), 'create table c (id int)')

    expect(await migrate(database.url, [core])).toEqual([{ pluginId: 'core', name: '0004_c.sql' }])
    expect(await migrate(database.url, [core, legal])).toEqual([])
    expect(await tables()).toEqual(['a', 'b', 'b_key', 'c', 'legal_a', 'rapport_migrations'])
  })

  it('applies each migration once when two servers start at the same time', async () => {
    const applied = await Promise.all([migrate(database.url, [core]), migrate(database.url, [core])])

    expect(applied.map(({ length }) => length).sort()).toEqual([0, 2])
  })

  it('rolls back a migration that fails, keeps the earlier migrations, and continues once the file is corrected', async () => {
    await writeFile(join(core.directory, '0003_c.sql'), 'create table c (id int);\n\ninsert into nowhere values (1);')

    const failed = migrate(database.url, [core])
    await expect(failed).rejects.toThrow(MigrationError)
    await expect(failed).rejects.toThrow(
      'Migration 0003_c.sql of core failed at line 3: relation "nowhere" does not exist',
    )
    expect(await tables()).toEqual(['a', 'b', 'rapport_migrations'])

    await writeFile(join(core.directory, '0003_c.sql'), 'create table c (id int)')
    expect(await migrate(database.url, [core])).toEqual([{ pluginId: 'core', name: '0003_c.sql' }])
  })

  it('runs a migration again from its beginning when a server was killed in the middle of it', async () => {
    await writeFile(join(core.directory, '0003_c.sql'), 'create table c (id int); select pg_sleep(1)')
    const starter = fork(join(import.meta.dirname, 'migrate-process.ts'), [database.url, core.directory])
    for await (const [name] of on(starter, 'message')) if (name === '0003_c.sql') break
    starter.kill('SIGKILL')
    await once(starter, 'exit')

    expect(await migrate(database.url, [core])).toEqual([{ pluginId: 'core', name: '0003_c.sql' }])
    expect(await tables()).toEqual(['a', 'b', 'c', 'rapport_migrations'])
  })

  it('accepts a changed file of an applied migration when only the line ends have changed', async () => {
    await writeFile(join(core.directory, '0003_c.sql'), 'create table c (\nid int)')
    await migrate(database.url, [core])
    await writeFile(join(core.directory, '0003_c.sql'), 'create table c (\r\nid int)')

    expect(await migrate(database.url, [core])).toEqual([])
  })
})

describe('migrate refuses to run', () => {
  beforeEach(async () => {
    await migrate(database.url, [core])
  })

  it('when the database was migrated by a newer version of Rapport', async () => {
    await rm(join(core.directory, '0002_b.sql'))

    await expect(migrate(database.url, [core])).rejects.toThrow(NewerDatabaseError)
    await expect(pendingMigrations(database.url, [core])).rejects.toThrow(
      'This database was migrated by a newer version of Rapport: it has 0002_b.sql of core',
    )
  })

  it('when the file of an applied migration was edited', async () => {
    await writeFile(join(core.directory, '0001_a.sql'), 'create table other (id int)')

    await expect(migrate(database.url, [core])).rejects.toThrow(MigrationError)
    await expect(migrate(database.url, [core])).rejects.toThrow(
      'Migration 0001_a.sql of core was changed after it was applied',
    )
  })

  it('when the file of an applied migration was replaced by a file with another name', async () => {
    await rm(join(core.directory, '0002_b.sql'))
    await writeFile(join(core.directory, '0002_c.sql'), 'create table c (id int)')

    await expect(migrate(database.url, [core])).rejects.toThrow(
      'Migration 0002_b.sql of core was applied to this database, but in its place there is 0002_c.sql.',
    )
  })

  it('when the file of an earlier migration is missing', async () => {
    await rm(join(core.directory, '0001_a.sql'))

    await expect(migrate(database.url, [core])).rejects.toThrow(
      'Migration 0002_b.sql of core is not named as expected, 0001_',
    )
  })
})

describe('migrate refuses a migration file', () => {
  it.each([
    ['that contains COMMIT', { '0001_a.sql': 'create table a (id int);\nCOMMIT;' }, 'has a COMMIT statement'],
    [
      'whose name has no number',
      { 'first.sql': '' },
      'Migration first.sql of core is not named as expected, 0001_<name>.sql',
    ],
    [
      'whose name has the number of another file',
      { '0001_a.sql': '', '0001_b.sql': '' },
      'Migration 0001_b.sql of core is not named',
    ],
  ])('%s', async (_what, files, message) => {
    const owner = await ownerOf('core', files)

    await expect(migrate(database.url, [owner])).rejects.toThrow(MigrationError)
    await expect(migrate(database.url, [owner])).rejects.toThrow(message)
  })

  it('unless BEGIN and END are only in the body of a function', async () => {
    const body = 'create function f() returns int language plpgsql as $$\nBEGIN\n  return 1;\nEND\n$$;'
    const owner = await ownerOf('core', { '0001_a.sql': body })

    expect(await migrate(database.url, [owner])).toHaveLength(1)
  })
})

describe('the database role of the server, rapport_app,', () => {
  it('cannot log in or bypass row-level security, and the owner of the database can switch to it', async () => {
    await migrate(database.url, [core])

    expect(await ask(database.url, 'set role rapport_app')).toEqual([])
    expect(
      await ask(database.url, `select rolsuper, rolbypassrls, rolcanlogin from pg_roles where rolname = 'rapport_app'`),
    ).toEqual([{ rolsuper: false, rolbypassrls: false, rolcanlogin: false }])
  })

  it('may not run migrations: it would own the new tables, and row-level security does not apply to an owner', async () => {
    const url = new URL(database.url)
    url.searchParams.set('options', '-c role=rapport_app')

    await expect(migrate(url.href, [core])).rejects.toThrow('Connect as another user in DATABASE_URL.')
    expect(await ask(database.url, `select 1 from pg_tables where tablename = 'a'`)).toEqual([])
  })

  it('has to be granted by a database administrator, with the GRANT of the error, to a user who cannot switch to it', async () => {
    const { adminUrl } = inject('testCluster')
    const role = `plain_${process.pid}`
    const url = new URL(database.url)
    url.username = role
    url.password = 'secret'
    await ask(adminUrl, `create role ${role} login password 'secret'`)

    await expect(migrate(url.href, [core])).rejects.toThrow(
      `Have an administrator run:\n  GRANT rapport_app TO "${role}";`,
    )
    await ask(adminUrl, `drop role ${role}`)
  })
})
