import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Binaries, findBinaries } from './binaries.ts'
import { EmbeddedPostgresError, systemErrorCode, unwritable } from './embedded-error.ts'
import { type Account, closedFolder, ownerOf, postgresAccount } from './system-account.ts'

/** Where an embedded PostgreSQL lives and under which account it runs. */
export interface Place {
  /** Folder of everything that belongs to this database: data, passwords, lock, log. */
  readonly folder: string
  /** PostgreSQL's data folder. */
  readonly data: string
  /** Whom PostgreSQL runs as, or null for the current user. */
  readonly account: Account | null
  /** To whom the files beside the data are given, or null for the current user. */
  readonly owner: Account | null
  readonly binaries: Binaries
}

// Both survive a restart of the machine; the second one is there when the first can't be written.
const SHARED_FOLDERS = ['/var/lib/rapport', '/var/tmp/rapport']
const HOME_RECORD = 'home'

/**
 * Finds the place of the database of `home`, and makes it on the first call: the folder `<home>/postgres`.
 *
 * As root, PostgreSQL runs as another user. When that user can't enter `home` (as under /root), the folder is made in
 * /var/lib/rapport, and `<home>/postgres` is a link to it.
 *
 * @throws EmbeddedPostgresError when the folder cannot be made or reached
 */
export async function preparePlace(home: string): Promise<Place> {
  const link = join(home, 'postgres')
  try {
    await makeHome(home)
    const owner = process.getuid?.() === 0 ? await ownerOf(home) : null
    const account = await postgresAccount(join(link, 'data'), home)
    const binaries = await findBinaries(account, sharedFolder)
    if (!(await exists(link))) await makeFolder(home, link, owner, account)
    const folder = await followLink(home, link)
    await checkReachable(folder, account)
    return { folder, data: join(folder, 'data'), account, owner, binaries }
  } catch (error) {
    throw systemErrorCode(error) === undefined ? error : unwritable(home, error)
  }
}

/** Data folders that were made outside of a home which is gone or has other data by now. For an operator to look at. */
export async function abandonedFolders(): Promise<string[]> {
  const abandoned: string[] = []
  for (const shared of SHARED_FOLDERS) {
    for (const name of await readdir(shared).catch(() => [])) {
      const folder = join(shared, name)
      const home = await readFile(join(folder, HOME_RECORD), 'utf8').catch(() => null)
      if (home === null) continue
      const current = await realpath(join(home.trim(), 'postgres')).catch(() => null)
      if (current !== folder) abandoned.push(folder)
    }
  }
  return abandoned
}

/** Writes a file that only its owner can read; with the flag `wx` it must not be there yet. */
export async function writePrivate(
  path: string,
  content: string,
  owner: Account | null,
  flag: 'w' | 'wx' = 'w',
): Promise<void> {
  await writeFile(path, content, { mode: 0o600, flag })
  if (owner !== null) await chown(path, owner.uid, owner.gid)
}

async function makeHome(home: string): Promise<void> {
  if (await exists(home)) return
  await mkdir(home, { recursive: true })
  await chmod(home, folderMode())
}

// PostgreSQL's own user has to pass through what root makes, but needn't list it.
function folderMode(): number {
  return process.getuid?.() === 0 ? 0o711 : 0o700
}

async function makeFolder(home: string, link: string, owner: Account | null, account: Account | null): Promise<void> {
  const closed = account !== null && (await closedFolder(await realpath(home), account)) !== null
  if (!closed) {
    await mkdir(link, { mode: folderMode(), recursive: true })
    await chmod(link, folderMode())
    if (owner !== null) await chown(link, owner.uid, owner.gid)
    return
  }
  const folder = await mkdtemp(join(await sharedFolder(), `${basename(dirname(home))}-`))
  await chmod(folder, folderMode())
  await writeFile(join(folder, HOME_RECORD), `${await realpath(home)}\n`)
  try {
    await symlink(folder, link)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    // When another start was quicker, its link holds.
    if (systemErrorCode(error) === 'EEXIST') return
    throw error
  }
  await writeFile(
    join(home, 'README.txt'),
    'PostgreSQL does not run as root, and the user it runs as cannot enter this folder.\n' +
      `Its data is therefore in ${folder}, to which "postgres" is a link.\n` +
      'To delete the data, delete that folder and this one.\n',
  )
}

/** Resolves `<home>/postgres` and refuses a copied link, by which two homes would share one database unnoticed. */
async function followLink(home: string, link: string): Promise<string> {
  const target = await readlink(link).catch(() => null)
  const folder = await realpath(link).catch(() => null)
  if (folder === null) {
    throw new EmbeddedPostgresError(
      `The data of ${home} was in ${target ?? link}, which is gone. Bring it back, or delete ${link} to begin with an empty database.`,
    )
  }
  if (target === null) return folder
  const here = await realpath(home)
  const recorded = (await readFile(join(folder, HOME_RECORD), 'utf8').catch(() => here)).trim()
  if (recorded === here) return folder
  if ((await realpath(join(recorded, 'postgres')).catch(() => null)) === folder) {
    throw new EmbeddedPostgresError(
      `${link} is a copied link to the data of ${recorded}. Delete the link to begin with an empty database in ${home}.`,
    )
  }
  await writeFile(join(folder, HOME_RECORD), `${here}\n`)
  return folder
}

async function checkReachable(folder: string, account: Account | null): Promise<void> {
  const closed = account === null ? null : await closedFolder(folder, account)
  if (closed === null || account === null) return
  throw new EmbeddedPostgresError(
    `PostgreSQL runs as user ${account.uid} here and cannot enter ${closed}. Allow it with \`chmod o+x ${closed}\`, ` +
      'or set RAPPORT_HOME to a folder that every user can enter.',
  )
}

async function sharedFolder(): Promise<string> {
  const failures: string[] = []
  for (const folder of SHARED_FOLDERS) {
    try {
      await mkdir(folder, { mode: 0o711, recursive: true })
      await chmod(folder, 0o711)
      // In a folder where everybody may write, another user could have put a link or a folder of his own in our way.
      const found = await lstat(folder)
      if (found.isDirectory() && found.uid === 0) return folder
      failures.push(`${folder} does not belong to root`)
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error))
    }
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL needs a folder outside of ${process.cwd()} that its user can enter, and none could be made ` +
      `(${failures.join('; ')}). Set RAPPORT_HOME to such a folder, or DATABASE_URL to a PostgreSQL of your own.`,
  )
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null
}
