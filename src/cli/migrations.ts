import { fileURLToPath } from 'node:url'
import type { MigrationSource } from '../platform/data/migrations/migration-files.ts'

/** Returns the folders of the migrations that `rapport migrate` and `rapport start` run: only the folder of core. */
export function migrationSources(): MigrationSource[] {
  return [{ pluginId: 'core', directory: fileURLToPath(new URL('../../prisma/migrations', import.meta.url)) }]
}
