import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PluginLifecycleError } from '../load/plugin-error.ts'

/** File in the migrations folder with a copy of models.prisma from the time of the last migration. */
export const SNAPSHOT = 'models.prisma'

/** The copy of models.prisma in the migrations folder. */
export interface Snapshot {
  readonly text: string
  /** Name of the last migration when it was written; null when the file does not say it. */
  readonly migration: string | null
}

const HEADER = /^\/\/ The models as of (\S+\.sql)\. .*\n/

/** Returns the copy of models.prisma in a migrations folder; null when there is none. */
export async function readSnapshot(folder: string): Promise<Snapshot | null> {
  const path = join(folder, SNAPSHOT)
  if (!existsSync(path)) return null
  const text = await readFile(path, 'utf8')
  return { text, migration: HEADER.exec(text)?.[1] ?? null }
}

/** Writes the copy of models.prisma, and in its first line the name of the last migration. */
export async function writeSnapshot(folder: string, migration: string | null, text: string): Promise<void> {
  const header =
    migration === null
      ? ''
      : `// The models as of ${migration}. The next migration is written from it: keep it in git.\n`
  await writeFile(join(folder, SNAPSHOT), `${header}${text}`)
}

/**
 * Returns the models from which the next migration has to start; null for no models, when there is no migration: then a
 * copy is left over from migrations that were deleted.
 * @param migrations Names of the migrations, in order.
 * @throws PluginLifecycleError when there are migrations, and the copy is missing or belongs to a deleted one.
 */
export function snapshotOf(migrations: readonly string[], snapshot: Snapshot | null): string | null {
  const last = migrations.at(-1)
  if (last === undefined) return null
  if (snapshot === null)
    throw new PluginLifecycleError(
      `migrations/${SNAPSHOT} is missing, so what the models were at ${last} is not known. Restore the file from git, or copy models.prisma as it was then.`,
    )
  if (snapshot.migration !== null && !migrations.includes(snapshot.migration))
    throw new PluginLifecycleError(
      `migrations/${SNAPSHOT} has the models as of ${snapshot.migration}, which does not exist. Restore that migration, or restore migrations/${SNAPSHOT} as of ${last} from git. To begin again with a first migration, if none was ever published, delete all migrations.`,
    )
  return snapshot.text
}
