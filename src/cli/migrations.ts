import { fileURLToPath } from 'node:url'
import type { MigrationOwner } from '../platform/data/migrations/migration-files.ts'

/** Whose migrations this installation runs, in order. */
export function migrationOwners(): MigrationOwner[] {
  return [{ owner: 'core', directory: fileURLToPath(new URL('../../prisma/migrations', import.meta.url)) }]
}
