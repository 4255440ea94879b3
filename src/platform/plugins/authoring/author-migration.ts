import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finishMigration, openPoints } from '../../data/migrations/migration-sql.ts'
import type { ModelSource } from '../../data/models/compose-models.ts'
import { type Models, readModels } from '../../data/models/models.ts'
import { schemaDiff } from '../../data/models/schema-diff.ts'
import type { LoadedPlugin } from '../../request/loaded-plugin.ts'
import { PluginLifecycleError } from '../load/plugin-error.ts'
import { checkStatements } from '../statements/check-statements.ts'

/** A migration that was written for an author to read. */
export interface AuthoredMigration {
  /** File name, or null where the models ask for no change of the database. */
  readonly file: string | null
  /** What is left to be done by hand. */
  readonly openPoints: readonly string[]
}

/** The plugin's models as of its last migration, beside the migrations. */
const SNAPSHOT = 'models.prisma'

/**
 * Writes the next migration of a plugin from what its models.prisma says more than at the last one, and its remove.sql.
 * `others` are the models it may refer to: core's and those of what it depends on. No database is read.
 * @throws ModelError when the models don't fit together; PluginLifecycleError when the plugin has no models.
 */
export async function authorMigration(
  { plugin, directory, modelSource }: LoadedPlugin,
  others: readonly ModelSource[],
  name: string,
): Promise<AuthoredMigration> {
  if (directory === null || modelSource === null)
    throw new PluginLifecycleError(`${plugin.id} has no models.prisma beside its entry. Write one first.`)
  if (!/^[a-z][a-z0-9_]*$/.test(name))
    throw new PluginLifecycleError(`${name} is no name of a migration. Write one such as add_note.`)
  const folder = join(directory, 'migrations')
  await mkdir(folder, { recursive: true })
  const without = readModels(others)
  const before = await snapshotModels(join(folder, SNAPSHOT), modelSource, others)
  const models = readModels([...others, modelSource])
  const sql = finishMigration(await schemaDiff((before ?? without).schema, models.schema), models)
  const points: string[] = []
  let file: string | null = null
  if (sql !== '') {
    file = `${await nextNumber(folder)}_${name}.sql`
    await writeFile(join(folder, file), sql, { flag: 'wx' })
    points.push(...openPoints(sql, models), ...(await refusals(plugin.id, plugin.reads ?? [], file, sql)))
  }
  points.push(...(await writeRemoval(join(directory, 'remove.sql'), plugin.id, before, models, without)))
  for (const { text } of modelSource.files) await writeFile(join(folder, SNAPSHOT), text)
  return { file, openPoints: points }
}

async function snapshotModels(
  path: string,
  source: ModelSource,
  others: readonly ModelSource[],
): Promise<Models | null> {
  if (!existsSync(path)) return null
  const files = [{ path: SNAPSHOT, text: await readFile(path, 'utf8') }]
  return readModels([...others, { ...source, files }])
}

async function nextNumber(folder: string): Promise<string> {
  const numbers = (await readdir(folder))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => Number.parseInt(file, 10))
  return String(Math.max(0, ...numbers) + 1).padStart(4, '0')
}

async function refusals(id: string, reads: readonly string[], file: string, sql: string): Promise<string[]> {
  try {
    await checkStatements({ id, reads, file, sql })
    return []
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

/** What was written by hand stays: only what was made here before is replaced. */
async function writeRemoval(
  path: string,
  id: string,
  before: Models | null,
  models: Models,
  without: Models,
): Promise<string[]> {
  const wanted = await removalSql(id, models, without)
  const current = existsSync(path) ? await readFile(path, 'utf8') : null
  if (current === wanted) return []
  if (current !== null && (before === null || current !== (await removalSql(id, before, without))))
    return [`remove.sql was changed by hand and is left alone. It has to drop what is new as well:\n${wanted}`]
  await writeFile(path, wanted)
  return []
}

async function removalSql(id: string, models: Models, without: Models): Promise<string> {
  const searches = [...models.models.values()]
    .filter(
      ({ pluginId, columns }) =>
        pluginId === id && [...columns.values()].some(({ column }) => column === 'search_text'),
    )
    .map(({ table }) => `-- DropFunction\nDROP FUNCTION "${table}_search"(text);\n\n`)
  return `${searches.join('')}${(await schemaDiff(models.schema, without.schema)).trim()}\n`
}
