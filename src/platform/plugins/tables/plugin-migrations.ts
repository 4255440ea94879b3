import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type MigrationFile, readMigrationFiles } from '../../data/migrations/migration-files.ts'
import { PluginLifecycleError } from '../load/plugin-error.ts'

/**
 * Returns the migrations of a plugin in order; an empty list when the plugin has no folder `migrations`.
 * @param directory Folder of the plugin; null for a plugin without a folder.
 * @throws MigrationError when the names or numbers of the files are not valid.
 */
export async function pluginMigrations(id: string, directory: string | null): Promise<MigrationFile[]> {
  const folder = directory === null ? null : join(directory, 'migrations')
  return folder !== null && existsSync(folder) ? readMigrationFiles({ pluginId: id, directory: folder }) : []
}

/**
 * Returns the SQL of remove.sql, which drops the plugin's tables; null when the plugin has no migrations.
 * @throws PluginLifecycleError when the plugin has migrations and no remove.sql.
 */
export async function readRemovalSql(
  id: string,
  directory: string | null,
  migrations: readonly MigrationFile[],
): Promise<string | null> {
  if (migrations.length === 0) return null
  const path = join(directory ?? '', 'remove.sql')
  if (!existsSync(path)) {
    throw new PluginLifecycleError(
      `${id} has migrations and no remove.sql, so it could not be removed later. Write a remove.sql that drops all its tables.`,
    )
  }
  return (await readFile(path, 'utf8')).replaceAll('\r\n', '\n')
}
