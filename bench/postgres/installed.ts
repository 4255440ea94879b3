import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** A PostgreSQL server in which the benchmark may create databases. */
export interface Cluster {
  /** URL of a role that may create databases and roles. */
  readonly adminUrl: string
  /** Where the server comes from, for the report. */
  readonly source: string
  /** If the server was started for the benchmark, stops it, and deletes its data unless `keep` is true. */
  stop(options: { readonly keep: boolean }): Promise<void>
}

/** A user account of the operating system. */
interface Account {
  readonly uid: number
  readonly gid: number
}

// Settings as for a small machine. All others have PostgreSQL's defaults: fsync and synchronous_commit are on.
const SETTINGS = { shared_buffers: '512MB', max_wal_size: '4GB', listen_addresses: '127.0.0.1', max_connections: '100' }

/** Starts an installed PostgreSQL on a free port of the loopback address, with its data in `home`. */
export async function startInstalledPostgres(home: string, binaries: string): Promise<Cluster> {
  const account = await serverAccount()
  const data = join(home, 'data')
  await refuseIfRunning(data)
  const password = await createData(home, data, binaries, account)
  const port = await freePort()
  const settings = Object.entries({ ...SETTINGS, unix_socket_directories: home, port: String(port) })
  const server = spawn(
    `${binaries}/postgres`,
    ['-D', data, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // Runs in a separate session, so that Ctrl-C ends only the benchmark, which then stops PostgreSQL.
    { ...account, stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  )
  let log = ''
  server.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-4_000)
  })
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const stop = async ({ keep }: { readonly keep: boolean }) => {
    // Fast shutdown: ends open sessions and writes committed data to disk.
    server.kill('SIGINT')
    await ended
    if (!keep) await rm(home, { recursive: true, force: true })
  }
  const urlOf = (role: string) => `postgresql://${role}:${password}@127.0.0.1:${port}/postgres`
  try {
    await waitUntilReady(
      urlOf('postgres'),
      () => server.exitCode,
      () => log,
    )
    await ensureOwner(urlOf('postgres'), password)
  } catch (error) {
    await stop({ keep: true })
    throw error
  }
  return { adminUrl: urlOf('bench'), source: `${binaries}/postgres, started for the benchmark`, stop }
}

/** Creates the data folder unless an earlier run has kept it. Returns the password of the superuser. */
async function createData(home: string, data: string, binaries: string, account: Account | null): Promise<string> {
  const passwordFile = join(home, 'password')
  const keptPassword = await readFile(passwordFile, 'utf8').catch(() => null)
  if (keptPassword !== null && (await stat(join(data, 'global/pg_control')).catch(() => null))) return keptPassword
  await rm(home, { recursive: true, force: true })
  await mkdir(home, { recursive: true, mode: 0o700 })
  const password = randomBytes(24).toString('base64url')
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (account) for (const path of [home, passwordFile]) await chown(path, account.uid, account.gid)
  const options = [
    '-U',
    'postgres',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C.UTF-8',
  ]
  await run(`${binaries}/initdb`, ['-D', data, ...options], account)
  return password
}

/** Throws an Error when a server already uses the data: a second server would corrupt it. */
async function refuseIfRunning(data: string): Promise<void> {
  const pid = Number((await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0])
  const command = pid > 0 ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') : ''
  if (!command.includes(data)) return
  throw new Error(
    `The benchmark's PostgreSQL (pid ${pid}) is already running. Wait for the other run, or, if that was killed, stop PostgreSQL with \`kill -INT ${pid}\`.`,
  )
}

/**
 * Creates the role that owns the benchmark's databases. It is not a superuser, because row-level security does not
 * apply to superusers.
 */
async function ensureOwner(url: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rowCount } = await client.query(`select from pg_roles where rolname = 'bench'`)
    if (rowCount === 0) {
      await client.query(`create role bench login createdb createrole password ${client.escapeLiteral(password)}`)
    }
  } finally {
    await client.end()
  }
}

/**
 * Returns the account that runs PostgreSQL, or null for the current user. PostgreSQL refuses to run as root: then it
 * runs as the user `postgres`, which Debian's package creates.
 */
async function serverAccount(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null
  const entry = /^postgres:[^:]*:(\d+):(\d+):/m.exec(await readFile('/etc/passwd', 'utf8'))
  if (!entry)
    throw new Error(
      'There is no user "postgres" to run PostgreSQL as. Run the benchmark as an ordinary user, or set BENCH_DATABASE_URL.',
    )
  return { uid: Number(entry[1]), gid: Number(entry[2]) }
}

async function run(program: string, args: readonly string[], account: Account | null): Promise<void> {
  const child = spawn(program, args, { ...account, stdio: ['ignore', 'ignore', 'pipe'] })
  let errorOutput = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errorOutput += chunk.toString()
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  if (code !== 0) throw new Error(`${program} ended with code ${code}: ${errorOutput}`)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('No free port.')),
      )
    })
  })
}

async function waitUntilReady(url: string, exitCode: () => number | null, log: () => string): Promise<void> {
  for (const deadline = Date.now() + 60_000; ; ) {
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      await client.end()
      return
    } catch (error) {
      if (exitCode() !== null || Date.now() > deadline)
        throw new Error(`PostgreSQL does not start: ${log()}`, { cause: error })
      await sleep(100)
    }
  }
}
