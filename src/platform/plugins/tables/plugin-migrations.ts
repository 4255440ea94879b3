import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type MigrationFile, readMigrationFiles } from '../../data/migrations/migration-files.ts'
import { PluginLifecycleError } from '../load/plugin-error.ts'

/**
 * The migrations of a plugin, first to last; none where it has no such folder.
 * @throws MigrationError when the files are not named or numbered as they have to be.
 */
export async function pluginMigrations(id: string, directory: string | null): Promise<MigrationFile[]> {
  const folder = directory === null ? null : join(directory, 'migrations')
  return folder !== null && existsSync(folder) ? readMigrationFiles({ pluginId: id, directory: folder }) : []
}

/**
 * What takes the plugin's tables out again; null where it has no migrations.
 * @throws PluginLifecycleError when there are migrations and no remove.sql.
 */
export async function removalOf(
  id: string,
  directory: string | null,
  migrations: readonly MigrationFile[],
): Promise<string | null> {
  if (migrations.length === 0) return null
  const path = join(directory ?? '', 'remove.sql')
  if (!existsSync(path)) {
    throw new PluginLifecycleError(
      `${id} has migrations and no remove.sql beside them, so that it could not be taken out again. Write one that drops all its tables.`,
    )
  }
  return (await readFile(path, 'utf8')).replaceAll('\r\n', '\n')
}
