import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { type Place, writePrivate } from './data-folder.ts'
import { systemErrorCode, unwritable } from './embedded-error.ts'

/** Who runs an embedded PostgreSQL: the server, or one command that ends by itself. */
export type HolderKind = 'server' | 'command'

const holderSchema = z.object({
  pid: z.number(),
  kind: z.enum(['server', 'command']),
  /** What the process was started as, such as `rapport start`. */
  title: z.string(),
  /** Where to connect, once PostgreSQL is ready. */
  url: z.string().nullable(),
})

/** The process that has the lock, as it describes itself. */
export type Holder = z.infer<typeof holderSchema>

/** The right to use a data folder, held until `release` or the end of the process. */
export interface Lock {
  /** Tells other processes who holds the lock and, once it runs, where PostgreSQL listens. */
  describe(holder: Holder): Promise<void>
  release(): Promise<void>
}

// How long a process may take from getting the lock to describing itself, in ms.
const DESCRIBE_LIMIT = 2_000

/**
 * Takes the lock of a place, or answers who has it.
 *
 * Node has no file locks, but its SQLite has: the lock is an exclusive transaction on an empty database file. The
 * kernel gives it back when the process ends in whatever way, so there is no stale lock and no guess about a pid.
 *
 * @throws EmbeddedPostgresError when the lock file cannot be written
 */
export async function takeLock(place: Place): Promise<Lock | Holder> {
  const path = join(place.folder, 'lock')
  const connection = join(place.folder, 'connection')
  const giveUpAt = Date.now() + DESCRIBE_LIMIT
  for (;;) {
    const file = await lockFile(path, place)
    if (file !== null) {
      return {
        describe: (holder) => writePrivate(connection, `${JSON.stringify(holder)}\n`, place.owner),
        async release() {
          await rm(connection, { force: true })
          file.close()
        },
      }
    }
    const holder = await readHolder(connection)
    if (holder !== null) return holder
    if (Date.now() > giveUpAt) return { pid: 0, kind: 'server', title: 'an unknown process', url: null }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function lockFile(path: string, place: Place): Promise<DatabaseSync | null> {
  try {
    await makeFile(path, place)
    const file = new DatabaseSync(path)
    try {
      file.exec('BEGIN EXCLUSIVE')
      return file
    } catch (error) {
      file.close()
      if (error instanceof Error && error.message === 'database is locked') return null
      throw error
    }
  } catch (error) {
    throw unwritable(place.folder, error)
  }
}

async function makeFile(path: string, place: Place): Promise<void> {
  // Never opens a file that is there: closing it again would give back a lock that this process holds on it.
  await writePrivate(path, '', place.owner, 'wx').catch((error: unknown) => {
    if (systemErrorCode(error) !== 'EEXIST') throw error
  })
}

/** Reads who holds the lock; null while a new holder has not yet replaced the words of a dead one. */
async function readHolder(path: string): Promise<Holder | null> {
  const text = await readFile(path, 'utf8').catch(() => '')
  try {
    const holder = holderSchema.parse(JSON.parse(text))
    return isAlive(holder.pid) ? holder : null
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemErrorCode(error) === 'EPERM'
  }
}
