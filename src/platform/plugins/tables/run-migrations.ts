import type { ClientBase } from 'pg'
import { applyMigration } from '../../data/migrations/migrate.ts'
import type { MigrationFile } from '../../data/migrations/migration-files.ts'
import type { Models } from '../../data/models/models.ts'
import { PluginLifecycleError } from '../load/plugin-error.ts'
import { checkStatements } from '../statements/check-statements.ts'
import { type CatalogEntry, readCatalog } from './catalog.ts'
import { constraintProblems } from './verify-constraints.ts'
import { modelProblems } from './verify-models.ts'
import { foreignChanges, tableProblems } from './verify-tables.ts'

/** Migrations of a plugin, with what is needed to check and run them. */
export interface PluginMigrations {
  /** Id of the plugin. */
  readonly id: string
  /** Tables of core and of other plugins that the SQL may read. */
  readonly reads: readonly string[]
  readonly files: readonly MigrationFile[]
  /** Names of the constraints for which the plugin declares a message; they have to exist after the migrations. */
  readonly constraints: readonly string[]
  /** Models that the plugin's tables have to match after the migrations; null to skip this check. */
  readonly models: Models | null
}

/**
 * Checks that the migrations only create, change and drop database objects of the plugin itself. Runs nothing.
 * @throws PluginLifecycleError for any other statement; the message names the file and line.
 */
export async function checkMigrations({
  id,
  reads,
  files,
}: Omit<PluginMigrations, 'models' | 'constraints'>): Promise<void> {
  for (const { name, sql } of files) await checkStatements({ id, reads, file: name, sql })
}

/**
 * Runs migrations of a plugin in the open transaction of the client, then checks the database objects that result. The
 * caller has to roll the transaction back when this function throws.
 * @throws MigrationError when a file fails.
 * @throws PluginLifecycleError when the migrations changed database objects that are not the plugin's, or when a table
 * of the plugin lacks row-level security or does not match the models.
 */
export async function runMigrations(client: ClientBase, migrations: PluginMigrations): Promise<void> {
  await checkMigrations(migrations)
  const before = await readCatalog(client)
  for (const file of migrations.files) await applyMigration(client, file)
  const problems = await problemsAfter(client, migrations, before)
  if (problems.length > 0) {
    throw new PluginLifecycleError(
      `The migrations of ${migrations.id} were rolled back, none of them was applied: ${problems.join('; ')}.`,
    )
  }
}

async function problemsAfter(
  client: ClientBase,
  { id, constraints, models }: PluginMigrations,
  before: readonly CatalogEntry[],
): Promise<string[]> {
  return [
    ...foreignChanges(id, before, await readCatalog(client)),
    ...(await tableProblems(client, id)),
    ...(await constraintProblems(client, id, constraints)),
    ...(models ? await modelProblems(client, id, models) : []),
  ]
}
