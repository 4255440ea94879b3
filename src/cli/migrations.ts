import { fileURLToPath } from 'node:url'
import type { MigrationSource } from '../platform/data/migrations/migration-files.ts'

/** Whose migrations this installation runs, in order. */
export function migrationSources(): MigrationSource[] {
  return [{ pluginId: 'core', directory: fileURLToPath(new URL('../../prisma/migrations', import.meta.url)) }]
}
