import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** A user and a group of the operating system, by number. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

// PostgreSQL refuses to run as root. These numbers have no entry in the user database. They lie in a range from which
// useradd, systemd-homed and systemd's dynamic users assign no numbers, so no other process runs as this user.
const UNNAMED_ACCOUNT: Account = { uid: 60_600, gid: 60_600 }

/**
 * Returns the account that PostgreSQL runs as, or null for the current user.
 *
 * Only root needs another account, because PostgreSQL refuses to run as root. Then the account is the owner of the data
 * folder, or else the owner of `home`, or else a user number that is not in use.
 */
export async function postgresAccount(dataFolder: string, home: string): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null
  return (await ownerOf(dataFolder)) ?? (await ownerOf(home)) ?? UNNAMED_ACCOUNT
}

/** Returns the owner of a file or folder, or null when its owner is root or it does not exist. */
export async function ownerOf(path: string): Promise<Account | null> {
  const stats = await stat(path).catch(() => null)
  return stats === null || stats.uid === 0 ? null : { uid: stats.uid, gid: stats.gid }
}

/** Returns the account `nobody`, which has a name on every system. `initdb` requires a user with a name. */
export async function nobody(): Promise<Account> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const entry = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(users)
  // macOS writes the number as -2; system calls take it as an unsigned number.
  return { uid: Number(entry?.[1] ?? 65_534) >>> 0, gid: Number(entry?.[2] ?? 65_534) >>> 0 }
}

/**
 * Returns the first folder on the way to `path` (`path` included) that the account may not enter, or null when it may
 * enter all of them. Folders that do not exist are skipped.
 */
export async function inaccessibleFolder(path: string, account: Account): Promise<string | null> {
  const parent = dirname(path)
  if (parent !== path) {
    const inaccessible = await inaccessibleFolder(parent, account)
    if (inaccessible !== null) return inaccessible
  }
  const stats = await stat(path).catch(() => null)
  if (stats === null || !stats.isDirectory()) return null
  const enter = stats.uid === account.uid ? 0o100 : stats.gid === account.gid ? 0o010 : 0o001
  return (stats.mode & enter) === 0 ? path : null
}
