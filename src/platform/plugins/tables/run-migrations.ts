import type { ClientBase } from 'pg'
import { applyMigration } from '../../data/migrations/migrate.ts'
import type { MigrationFile } from '../../data/migrations/migration-files.ts'
import type { Models } from '../../data/models/models.ts'
import { PluginLifecycleError } from '../load/plugin-error.ts'
import { checkStatements } from '../statements/check-statements.ts'
import { type CatalogEntry, readCatalog } from './catalog.ts'
import { modelProblems } from './verify-models.ts'
import { foreignChanges, tableProblems } from './verify-tables.ts'

/** SQL of a plugin that is about to be run. */
export interface PluginMigrations {
  readonly id: string
  readonly reads: readonly string[]
  readonly files: readonly MigrationFile[]
  /** What the plugin's tables have to be like after them; null where that is not known. */
  readonly models: Models | null
}

/**
 * Refuses migrations whose statements do more than to make, change or drop what is the plugin's own. Runs nothing.
 * @throws PluginLifecycleError that names the file and line.
 */
export async function checkMigrations({ id, reads, files }: Omit<PluginMigrations, 'models'>): Promise<void> {
  for (const { name, sql } of files) await checkStatements({ id, reads, file: name, sql })
}

/**
 * Runs migrations of a plugin in the open transaction of the client, and looks at what they made: whatever they did to
 * others' tables, a table that is open to other workspaces, or one that is not what the models say, is an error, which has to end the transaction.
 * @throws MigrationError when a file fails; PluginLifecycleError when it did what it may not.
 */
export async function runMigrations(client: ClientBase, migrations: PluginMigrations): Promise<void> {
  await checkMigrations(migrations)
  const before = await readCatalog(client)
  for (const file of migrations.files) await applyMigration(client, file)
  const problems = await problemsSince(client, migrations, before)
  if (problems.length > 0) {
    throw new PluginLifecycleError(
      `The migrations of ${migrations.id} were rolled back, nothing of them was applied: ${problems.join('; ')}.`,
    )
  }
}

async function problemsSince(
  client: ClientBase,
  { id, models }: PluginMigrations,
  before: readonly CatalogEntry[],
): Promise<string[]> {
  return [
    ...foreignChanges(id, before, await readCatalog(client)),
    ...(await tableProblems(client, id)),
    ...(models ? await modelProblems(client, id, models) : []),
  ]
}
