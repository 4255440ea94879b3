import { spawn, spawnSync } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type EmbeddedPostgres,
  embeddedPostgresHolder,
  shareEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/platform/data/embedded/embedded-postgres.ts'

const log = pino({ level: 'silent' })
const isRoot = process.getuid?.() === 0
let folder: string
let created: string
let home: string
let running: EmbeddedPostgres[] = []

/** Creates one cluster; each test works on a copy of it. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rapport-embedded-'))
  await chmod(folder, 0o711)
  created = join(folder, 'created')
  const postgres = await startEmbeddedPostgres({ home: created, log, durability: 'throwaway' })
  await postgres.stop()
})

beforeEach(async () => {
  home = join(folder, crypto.randomUUID())
  return async () => {
    await Promise.all(running.map((postgres) => postgres.stop()))
    running = []
  }
})

afterAll(() => rm(folder, { recursive: true, force: true }))

async function copyCreated(): Promise<void> {
  // `cp -a` keeps the owner of the data, which is another user when the tests run as root.
  const copied = spawnSync('cp', ['-a', created, home])
  expect(copied.status).toBe(0)
}

async function start(options: { title?: string } = {}): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ home, log, durability: 'throwaway', ...options })
  running.push(postgres)
  return postgres
}

async function query<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

/** Starts PostgreSQL from a separate process, kills that process with SIGKILL, and returns PostgreSQL's URL. */
async function startAndKill(): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'embedded-holder.ts'), home], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await new Promise<string>((resolve) => child.stdout.once('data', (line) => resolve(String(line).trim())))
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('exit', resolve))
  return url
}

describe('the embedded PostgreSQL', () => {
  it('has the role rapport without superuser rights, UTC, UTF-8 and the extensions that Rapport needs', async () => {
    const { url } = await start()
    await query(url, 'CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent; CREATE EXTENSION btree_gin')
    const [row] = await query(
      url,
      `SELECT current_user AS role, current_setting('TimeZone') AS zone, pg_encoding_to_char(encoding) AS encoding,
              pg_get_userbyid(datdba) AS owner, lower('ÉŁŻ') AS lower, show_trgm('Ж') = '{}' AS blind,
              rolsuper, rolcreaterole, rolcreatedb
         FROM pg_database, pg_roles WHERE datname = current_database() AND rolname = current_user`,
    )
    expect(row).toEqual({
      role: 'rapport',
      zone: 'UTC',
      encoding: 'UTF8',
      owner: 'rapport',
      lower: 'éłż',
      blind: false,
      rolsuper: false,
      rolcreaterole: true,
      rolcreatedb: true,
    })
  })

  it('keeps the data after a restart', async () => {
    await copyCreated()
    const first = await start()
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one')
    await first.stop()
    expect(await query((await start()).url, 'SELECT one FROM kept')).toEqual([{ one: 1 }])
  })

  it('refuses a wrong password, listens on 127.0.0.1 only, and hides its password file from other users', async () => {
    await copyCreated()
    const { url } = await start()
    const wrong = new URL(url)
    wrong.password = 'guess'
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed')
    const [row] = await query<{ addresses: string; trusted: boolean }>(
      url.replace(/\/rapport$/, '/postgres'),
      `SELECT current_setting('listen_addresses') AS addresses`,
    )
    expect(row?.addresses).toBe('127.0.0.1')
    for (const name of ['passwords.json', 'connection', 'lock']) {
      expect((await stat(join(home, 'postgres', name))).mode & 0o777).toBe(0o600)
    }
  })

  it('leaves no process and no connection file behind when it stops', async () => {
    await copyCreated()
    const postgres = await start()
    await postgres.stop()
    await expect(query(postgres.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED')
    await expect(stat(join(home, 'postgres', 'data', 'postmaster.pid'))).rejects.toThrow('ENOENT')
    await expect(stat(join(home, 'postgres', 'connection'))).rejects.toThrow('ENOENT')
  })
})

describe('starting the embedded PostgreSQL after a server was killed', () => {
  it('first stops the PostgreSQL that the killed server left running', async () => {
    await copyCreated()
    const orphan = await startAndKill()
    expect(await query(orphan, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    const { url } = await start()
    await expect(query(orphan, 'SELECT 1')).rejects.toThrow('ECONNREFUSED')
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('succeeds although the process id in postmaster.pid now belongs to another process', async () => {
    await copyCreated()
    await writeFile(
      join(home, 'postgres', 'data', 'postmaster.pid'),
      `${process.pid}\n${home}/postgres/data\n1\n5432\n\n127.0.0.1\n`,
    )
    const { url } = await start()
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('replaces the incomplete data folder that the killed server left', async () => {
    const leftover = join(home, 'postgres', 'data.new-abc123')
    await mkdir(leftover, { recursive: true })
    await chmod(home, 0o711)
    await chmod(join(home, 'postgres'), 0o711)
    await writeFile(join(leftover, 'PG_VERSION'), '18\n')
    const { url } = await start()
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect((await readdir(join(home, 'postgres'))).filter((name) => name.startsWith('data'))).toEqual(['data'])
  })
})

describe('two processes with one home folder', () => {
  it('cannot both be servers: the second server is refused with the title and process id of the first', async () => {
    await copyCreated()
    await start({ title: 'the first' })
    await expect(start()).rejects.toThrow(`already running here: \`the first\` (pid ${process.pid})`)
    expect(await embeddedPostgresHolder(home)).toMatchObject({ pid: process.pid, title: 'the first', kind: 'server' })
  })

  it('can be a server and a command, and the end of the command does not stop PostgreSQL', async () => {
    await copyCreated()
    const { url } = await start()
    const shared = await shareEmbeddedPostgres({ home, log, title: 'a command' })
    expect(shared.url).toBe(url)
    await shared.stop()
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('can be a command and then a server, which waits until the command has ended', async () => {
    await copyCreated()
    const command = await shareEmbeddedPostgres({ home, log, title: 'a command', durability: 'throwaway' })
    const server = start()
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(await query(command.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await command.stop()
    expect(await query((await server).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })
})

describe('the embedded PostgreSQL explains why it cannot start', () => {
  it('with data of another major version', async () => {
    await copyCreated()
    await writeFile(join(home, 'postgres', 'data', 'PG_VERSION'), '17\n')
    await expect(start()).rejects.toThrow(/is of PostgreSQL 17, this Rapport brings PostgreSQL 18/)
  })

  it('without the password file', async () => {
    await copyCreated()
    await rm(join(home, 'postgres', 'passwords.json'))
    await expect(start()).rejects.toThrow(/passwords\.json is missing or damaged/)
  })

  it('with an invalid configuration, and releases the lock on the home folder', async () => {
    await copyCreated()
    await writeFile(join(home, 'postgres', 'data', 'postgresql.conf'), 'no_such_setting = on\n')
    await expect(start()).rejects.toThrow(/does not start on .*no_such_setting|configuration file/)
    expect(await embeddedPostgresHolder(home)).toBeNull()
  })

  it('when the home folder is a file', async () => {
    await writeFile(home, '')
    await expect(start()).rejects.toThrow(`Cannot write in ${home}`)
  })

  it.skipIf(isRoot)('when the home folder cannot be written', async () => {
    await mkdir(home, { mode: 0o500 })
    await expect(start()).rejects.toThrow(`Cannot write in ${home}`)
  })
})

describe.runIf(isRoot)('the embedded PostgreSQL as root, in a folder that other users cannot enter,', () => {
  it('stores the data outside of it, finds the data after a restart, and refuses a copied link to the data', async () => {
    const closed = `${home}-closed`
    await mkdir(closed, { mode: 0o700 })
    home = join(closed, '.rapport')
    const first = await start()
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one')
    await first.stop()
    const outside = await realpath(join(home, 'postgres'))
    expect(outside.startsWith(folder)).toBe(false)
    try {
      expect(await readFile(join(home, 'README.txt'), 'utf8')).toContain(outside)
      const second = await start()
      expect(await query(second.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }])
      await second.stop()

      const moved = join(closed, 'moved')
      await cp(home, moved, { recursive: true, verbatimSymlinks: true })
      await expect(startEmbeddedPostgres({ home: moved, log })).rejects.toThrow('is a copied link to the data of')
      await rm(join(moved, 'postgres'))
      await symlink(join(folder, 'nowhere'), join(moved, 'postgres'))
      await expect(startEmbeddedPostgres({ home: moved, log })).rejects.toThrow('which is gone')
    } finally {
      await rm(outside, { recursive: true, force: true })
    }
  })
})
