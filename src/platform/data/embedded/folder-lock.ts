import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { type ClusterLocation, writePrivate } from './data-folder.ts'
import { notWritableError, systemErrorCode } from './embedded-error.ts'

/** What kind of process uses an embedded PostgreSQL: the server, or a command that ends by itself. */
export type HolderKind = 'server' | 'command'

const holderSchema = z.object({
  pid: z.number(),
  kind: z.enum(['server', 'command']),
  /** The command that started the process, such as `rapport start`. */
  title: z.string(),
  /** The connection URL, or null while PostgreSQL is not ready. */
  url: z.string().nullable(),
})

/** The process that holds the lock, as it describes itself. */
export type Holder = z.infer<typeof holderSchema>

/** The right to use a data folder, held until `release` or the end of the process. */
export interface Lock {
  /** Writes, for other processes, who holds the lock and, once PostgreSQL is ready, its connection URL. */
  describe(holder: Holder): Promise<void>
  release(): Promise<void>
}

// How long to wait until the holder of the lock has written its description.
const DESCRIBE_LIMIT_MS = 2_000

/**
 * Takes the lock of a location. When another process has the lock, returns a description of that process, the holder.
 * The description has the pid 0 when the holder has not written it within 2 seconds.
 *
 * Node has no file locks, but its SQLite has: the lock is an exclusive transaction on an empty database file. The
 * kernel releases it however the process ends, so a crash leaves no lock behind, and no pid has to be checked to know
 * whether the lock is held.
 *
 * @throws EmbeddedPostgresError when the lock file cannot be written
 */
export async function takeLock(location: ClusterLocation): Promise<Lock | Holder> {
  const path = join(location.folder, 'lock')
  const holderPath = join(location.folder, 'connection')
  const deadline = Date.now() + DESCRIBE_LIMIT_MS
  for (;;) {
    const file = await openLockFile(path, location)
    if (file !== null) {
      return {
        describe: (holder) => writePrivate(holderPath, `${JSON.stringify(holder)}\n`, location.owner),
        async release() {
          await rm(holderPath, { force: true })
          file.close()
        },
      }
    }
    const holder = await readHolder(holderPath)
    if (holder !== null) return holder
    if (Date.now() > deadline) return { pid: 0, kind: 'server', title: 'an unknown process', url: null }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function openLockFile(path: string, location: ClusterLocation): Promise<DatabaseSync | null> {
  try {
    await createLockFile(path, location)
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
    throw notWritableError(location.folder, error)
  }
}

async function createLockFile(path: string, location: ClusterLocation): Promise<void> {
  // Creates the file, but never opens an existing file: closing that again would release the lock that this process may
  // already hold on the file.
  await writePrivate(path, '', location.owner, 'wx').catch((error: unknown) => {
    if (systemErrorCode(error) !== 'EEXIST') throw error
  })
}

/**
 * Returns the holder of the lock, or null while the file is missing or still describes an earlier holder, which has
 * ended.
 */
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
