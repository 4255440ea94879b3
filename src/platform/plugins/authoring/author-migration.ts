import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finishMigration, manualSteps } from '../../data/migrations/migration-sql.ts'
import type { ModelSource } from '../../data/models/compose-models.ts'
import { type Models, readModels } from '../../data/models/models.ts'
import { schemaDiff } from '../../data/models/schema-diff.ts'
import type { LoadedPlugin } from '../../request/loaded-plugin.ts'
import { PluginLifecycleError } from '../load/plugin-error.ts'
import { checkStatements } from '../statements/check-statements.ts'
import { pluginMigrations } from '../tables/plugin-migrations.ts'
import { readSnapshot, SNAPSHOT, snapshotOf, writeSnapshot } from './model-snapshot.ts'

/** What `authorMigration` wrote, and what is left to do. */
export interface AuthoredMigration {
  /** Name of the migration file; null when no migration was written, because the models did not change. */
  readonly file: string | null
  /** Steps that the author has to do by hand. */
  readonly manualSteps: readonly string[]
}

/**
 * Writes the next migration of a plugin, from the changes of its models.prisma since the last migration, and its
 * remove.sql. Needs no database: it compares models.prisma with the copy that the last migration left. Without any
 * migration it writes the first one, with all models, whether or not there is such a copy.
 * @param dependencySources Models that the plugin may refer to: those of core and of the plugin's dependencies.
 * @param name Name of the migration, such as `add_note`.
 * @throws ModelError when the models are not consistent.
 * @throws MigrationError when a number is missing among the migrations.
 * @throws PluginLifecycleError when the plugin has no models, the name is not valid, or the copy is missing or is not
 * that of a migration which exists.
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
  const migrations = (await pluginMigrations(plugin.id, directory)).map((migration) => migration.name)
  const modelsOf = (text: string) =>
    readModels([...dependencySources, { ...modelSource, files: [{ path: SNAPSHOT, text }] }])
  const baseModels = readModels(dependencySources)
  const snapshot = await readSnapshot(folder)
  const before = snapshotOf(migrations, snapshot)
  const models = readModels([...dependencySources, modelSource])
  const from = before === null ? baseModels : modelsOf(before)
  const sql = finishMigration(await schemaDiff(from.schema, models.schema), models)
  const openSteps: string[] = []
  let file: string | null = null
  if (sql !== '') {
    file = `${String(migrations.length + 1).padStart(4, '0')}_${name}.sql`
    await writeFile(join(folder, file), sql, { flag: 'wx' })
    openSteps.push(...manualSteps(sql, models), ...(await statementProblems(plugin.id, plugin.reads ?? [], file, sql)))
  }
  const removedModels = snapshot === null ? null : modelsOf(snapshot.text)
  openSteps.push(...(await writeRemoval(join(directory, 'remove.sql'), plugin.id, removedModels, models, baseModels)))
  // A plugin has only one file of models, so this writes one snapshot.
  for (const { text } of modelSource.files) await writeSnapshot(folder, file ?? migrations.at(-1) ?? null, text)
  return { file, manualSteps: openSteps }
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
 * @param before Models from which the existing file was generated; null when they are not known.
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
