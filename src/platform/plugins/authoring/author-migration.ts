import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finishMigration, manualSteps } from '../../data/migrations/migration-sql.ts'
import type { ModelSource } from '../../data/models/compose-models.ts'
import { type Models, readModels } from '../../data/models/models.ts'
import { schemaDiff } from '../../data/models/schema-diff.ts'
import type { LoadedPlugin } from '../../request/loaded-plugin.ts'
import { PluginLifecycleError } from '../load/plugin-error.ts'
import { checkStatements } from '../statements/check-statements.ts'

/** What `authorMigration` wrote, and what is left to do. */
export interface AuthoredMigration {
  /** Name of the migration file; null when no migration was written, because the models did not change. */
  readonly file: string | null
  /** Steps that the author has to do by hand. */
  readonly manualSteps: readonly string[]
}

/** File in the migrations folder with a copy of models.prisma from the time of the last migration. */
const SNAPSHOT = 'models.prisma'

/**
 * Writes the next migration of a plugin, from the changes of its models.prisma since the last migration, and its
 * remove.sql. Needs no database: it compares models.prisma with the copy that the last migration left.
 * @param dependencySources Models that the plugin may refer to: those of core and of the plugin's dependencies.
 * @param name Name of the migration, such as `add_note`.
 * @throws ModelError when the models are not consistent.
 * @throws PluginLifecycleError when the plugin has no models or the name is not valid.
 */
export async function authorMigration(
  { plugin, directory, modelSource }: LoadedPlugin,
  dependencySources: readonly ModelSource[],
  name: string,
): Promise<AuthoredMigration> {
  if (directory === null || modelSource === null)
    throw new PluginLifecycleError(`${plugin.id} has no models.prisma beside its entry. Write one first.`)
  if (!/^[a-z][a-z0-9_]*$/.test(name))
    throw new PluginLifecycleError(`${name} is not a valid name of a migration. Write one such as add_note.`)
  const folder = join(directory, 'migrations')
  await mkdir(folder, { recursive: true })
  const baseModels = readModels(dependencySources)
  const before = await snapshotModels(join(folder, SNAPSHOT), modelSource, dependencySources)
  const models = readModels([...dependencySources, modelSource])
  const sql = finishMigration(await schemaDiff((before ?? baseModels).schema, models.schema), models)
  const openSteps: string[] = []
  let file: string | null = null
  if (sql !== '') {
    file = `${await nextNumber(folder)}_${name}.sql`
    await writeFile(join(folder, file), sql, { flag: 'wx' })
    openSteps.push(...manualSteps(sql, models), ...(await statementProblems(plugin.id, plugin.reads ?? [], file, sql)))
  }
  openSteps.push(...(await writeRemoval(join(directory, 'remove.sql'), plugin.id, before, models, baseModels)))
  // A plugin has only one file of models, so this writes one snapshot.
  for (const { text } of modelSource.files) await writeFile(join(folder, SNAPSHOT), text)
  return { file, manualSteps: openSteps }
}

async function snapshotModels(
  path: string,
  source: ModelSource,
  dependencySources: readonly ModelSource[],
): Promise<Models | null> {
  if (!existsSync(path)) return null
  const files = [{ path: SNAPSHOT, text: await readFile(path, 'utf8') }]
  return readModels([...dependencySources, { ...source, files }])
}

async function nextNumber(folder: string): Promise<string> {
  const numbers = (await readdir(folder))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => Number.parseInt(file, 10))
  return String(Math.max(0, ...numbers) + 1).padStart(4, '0')
}

/** Returns why `rapport plugin add` would refuse the migration, as one message; an empty list if it would accept it. */
async function statementProblems(id: string, reads: readonly string[], file: string, sql: string): Promise<string[]> {
  try {
    await checkStatements({ id, reads, file, sql })
    return []
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

/**
 * Writes remove.sql and returns an empty list. Does not overwrite a file that was changed by hand, but returns a step
 * for the author.
 * @param before Models from which the existing file was generated; null before the first migration.
 */
async function writeRemoval(
  path: string,
  id: string,
  before: Models | null,
  models: Models,
  baseModels: Models,
): Promise<string[]> {
  const generated = await removalSql(id, models, baseModels)
  const current = existsSync(path) ? await readFile(path, 'utf8') : null
  if (current === generated) return []
  if (current !== null && (before === null || current !== (await removalSql(id, before, baseModels))))
    return [
      `remove.sql was changed by hand and is not overwritten. It has to drop everything that this SQL drops:\n${generated}`,
    ]
  await writeFile(path, generated)
  return []
}

/** Returns SQL that drops the plugin's tables and the functions for the search in them. */
async function removalSql(id: string, models: Models, baseModels: Models): Promise<string> {
  // The diff of the models contains no functions. `finishMigration` adds one for each table with the column
  // search_text.
  const searches = [...models.models.values()]
    .filter(
      ({ pluginId, columns }) =>
        pluginId === id && [...columns.values()].some(({ column }) => column === 'search_text'),
    )
    .map(({ table }) => `-- DropFunction\nDROP FUNCTION "${table}_search"(text);\n\n`)
  return `${searches.join('')}${(await schemaDiff(models.schema, baseModels.schema)).trim()}\n`
}
