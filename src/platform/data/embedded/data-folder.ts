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
import { EmbeddedPostgresError, notWritableError, systemErrorCode } from './embedded-error.ts'
import { type Account, inaccessibleFolder, ownerOf, postgresAccount } from './system-account.ts'

/** The folders of an embedded PostgreSQL, the accounts it uses and its programs. */
export interface ClusterLocation {
  /** The folder with everything that belongs to this database: data, passwords, lock and log. */
  readonly folder: string
  /** PostgreSQL's data folder. */
  readonly data: string
  /** The account that PostgreSQL runs as, or null for the current user. */
  readonly account: Account | null
  /** The account that owns the files beside the data folder, or null for the current user. */
  readonly owner: Account | null
  readonly binaries: Binaries
}

// Folders for data outside of `home`. Both survive a restart of the machine. The second folder is used when the first
// cannot be written.
const SHARED_FOLDERS = ['/var/lib/rapport', '/var/tmp/rapport']
/** Name of the file in a folder outside of `home` that contains the path of the `home` to which the folder belongs. */
const HOME_RECORD = 'home'

/**
 * Returns the location of the database of `home`: the folder `<home>/postgres`, which is created on the first call.
 *
 * When this process runs as root, PostgreSQL runs as another user. When that user cannot enter `home` (as under /root),
 * the folder is created in /var/lib/rapport or /var/tmp/rapport instead, and `<home>/postgres` is a symbolic link to
 * it.
 *
 * @throws EmbeddedPostgresError when the folder cannot be created or accessed
 */
export async function prepareLocation(home: string): Promise<ClusterLocation> {
  const link = join(home, 'postgres')
  try {
    await createHome(home)
    const owner = process.getuid?.() === 0 ? await ownerOf(home) : null
    const account = await postgresAccount(join(link, 'data'), home)
    const binaries = await findBinaries(account, sharedFolder)
    if (!(await exists(link))) await createFolder(home, link, owner, account)
    const folder = await followLink(home, link)
    await checkAccess(folder, account)
    return { folder, data: join(folder, 'data'), account, owner, binaries }
  } catch (error) {
    throw systemErrorCode(error) === undefined ? error : notWritableError(home, error)
  }
}

/**
 * Returns the paths of data folders outside of `home` that no `home` uses any more: the `home` for which the folder was
 * created was deleted, or uses another folder now. An operator has to check whether these folders are still needed.
 */
export async function abandonedFolders(): Promise<string[]> {
  const abandoned: string[] = []
  for (const shared of SHARED_FOLDERS) {
    for (const name of await readdir(shared).catch(() => [])) {
      const folder = join(shared, name)
      const home = await readFile(join(folder, HOME_RECORD), 'utf8').catch(() => null)
      if (home === null) continue
      const linkedFolder = await realpath(join(home.trim(), 'postgres')).catch(() => null)
      if (linkedFolder !== folder) abandoned.push(folder)
    }
  }
  return abandoned
}

/**
 * Writes a file that only its owner can read and write.
 *
 * @param owner the account to give the file to, or null for the current user
 * @param flag `w` replaces an existing file; `wx` throws an error with the code `EEXIST` when the file exists
 */
export async function writePrivate(
  path: string,
  content: string,
  owner: Account | null,
  flag: 'w' | 'wx' = 'w',
): Promise<void> {
  await writeFile(path, content, { mode: 0o600, flag })
  if (owner !== null) await chown(path, owner.uid, owner.gid)
}

async function createHome(home: string): Promise<void> {
  if (await exists(home)) return
  await mkdir(home, { recursive: true })
  await chmod(home, folderMode())
}

// PostgreSQL's user has to enter the folders that root creates, but need not list them.
function folderMode(): number {
  return process.getuid?.() === 0 ? 0o711 : 0o700
}

async function createFolder(home: string, link: string, owner: Account | null, account: Account | null): Promise<void> {
  const isAccessible = account === null || (await inaccessibleFolder(await realpath(home), account)) === null
  if (isAccessible) {
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
    // Another process has created the link in the meantime: that link is used.
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

/**
 * Returns the real path of `<home>/postgres`, a folder or a link to a folder. When `home` was moved, updates the path
 * of `home` that is stored in the folder.
 * @throws EmbeddedPostgresError when the link was copied from another `home`, because both would share one database, or
 * when the folder is missing.
 */
async function followLink(home: string, link: string): Promise<string> {
  const target = await readlink(link).catch(() => null)
  const folder = await realpath(link).catch(() => null)
  if (folder === null) {
    throw new EmbeddedPostgresError(
      `The data of ${home} was in ${target ?? link}, which is gone. Restore it, or delete ${link} to begin with an empty database.`,
    )
  }
  if (target === null) return folder
  const realHome = await realpath(home)
  const recorded = (await readFile(join(folder, HOME_RECORD), 'utf8').catch(() => realHome)).trim()
  if (recorded === realHome) return folder
  if ((await realpath(join(recorded, 'postgres')).catch(() => null)) === folder) {
    throw new EmbeddedPostgresError(
      `${link} is a copied link to the data of ${recorded}. Delete the link to begin with an empty database in ${home}.`,
    )
  }
  await writeFile(join(folder, HOME_RECORD), `${realHome}\n`)
  return folder
}

async function checkAccess(folder: string, account: Account | null): Promise<void> {
  const inaccessible = account === null ? null : await inaccessibleFolder(folder, account)
  if (inaccessible === null || account === null) return
  throw new EmbeddedPostgresError(
    `PostgreSQL runs as user ${account.uid} here and cannot enter ${inaccessible}. ` +
      `Allow it with \`chmod o+x ${inaccessible}\`, ` +
      'or set RAPPORT_HOME to a folder that every user can enter.',
  )
}

async function sharedFolder(): Promise<string> {
  const failures: string[] = []
  for (const folder of SHARED_FOLDERS) {
    try {
      await mkdir(folder, { mode: 0o711, recursive: true })
      await chmod(folder, 0o711)
      // /var/tmp is writable for everybody, so another user could have created a link or a folder under this name.
      const stats = await lstat(folder)
      if (stats.isDirectory() && stats.uid === 0) return folder
      failures.push(`${folder} does not belong to root`)
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error))
    }
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL needs a folder outside of ${process.cwd()} that its user can enter, and none could be created ` +
      `(${failures.join('; ')}). Set RAPPORT_HOME to such a folder, or DATABASE_URL to a PostgreSQL of your own.`,
  )
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null
}
