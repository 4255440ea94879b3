import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** A system user and group, by number. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

// PostgreSQL refuses to run as root. These numbers have no entry in the user database and lie in the range that neither
// useradd, systemd-homed nor systemd's dynamic users hand out, so no other process shares them with the database.
const UNNAMED: Account = { uid: 60_600, gid: 60_600 }

/**
 * The account under which PostgreSQL runs, or null when that is simply the current user.
 *
 * Only root needs another one: the owner of the data or of its home, else a user number that nobody else has.
 */
export async function postgresAccount(dataFolder: string, home: string): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null
  return (await ownerOf(dataFolder)) ?? (await ownerOf(home)) ?? UNNAMED
}

/** The owner of a file or folder, or null when it is root or does not exist. */
export async function ownerOf(path: string): Promise<Account | null> {
  const found = await stat(path).catch(() => null)
  return found === null || found.uid === 0 ? null : { uid: found.uid, gid: found.gid }
}

/** The account `nobody`, which every system has by name: `initdb` insists on a user with a name. */
export async function nobody(): Promise<Account> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const entry = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(users)
  // macOS writes the number as -2, the system calls take it unsigned.
  return { uid: Number(entry?.[1] ?? 65_534) >>> 0, gid: Number(entry?.[2] ?? 65_534) >>> 0 }
}

/**
 * The first folder on the way to `path` (itself included) that the account may not enter, or null when it can reach it.
 * Parts that do not exist yet are skipped.
 */
export async function closedFolder(path: string, account: Account): Promise<string | null> {
  const parent = dirname(path)
  if (parent !== path) {
    const closed = await closedFolder(parent, account)
    if (closed !== null) return closed
  }
  const found = await stat(path).catch(() => null)
  if (found === null || !found.isDirectory()) return null
  const enter = found.uid === account.uid ? 0o100 : found.gid === account.gid ? 0o010 : 0o001
  return (found.mode & enter) === 0 ? path : null
}
