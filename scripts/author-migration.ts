import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finishMigration, manualSteps } from '../src/platform/data/migrations/migration-sql.ts'
import { readModelFiles } from '../src/platform/data/models/compose-models.ts'
import { readModels } from '../src/platform/data/models/models.ts'
import { schemaDiff } from '../src/platform/data/models/schema-diff.ts'

// Writes the next migration of core from the difference between the model files and the last migration.
//
// Usage: node scripts/author-migration.ts <name>

const prisma = join(import.meta.dirname, '../prisma')
const migrations = join(prisma, 'migrations')
/** The composed Prisma schema as it was at the last migration. */
const snapshot = join(migrations, 'schema.prisma')

const [name] = process.argv.slice(2)
if (!name || !/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error('Usage: node scripts/author-migration.ts <name>, such as add_account_tier')
  process.exit(2)
}

const models = readModels([await readModelFiles('core', join(prisma, 'models'))])
const numbers = (await readdir(migrations))
  .filter((file) => file.endsWith('.sql'))
  .map((file) => Number.parseInt(file, 10))
// Without any migration, a snapshot is left over from migrations that were deleted.
const before = numbers.length === 0 ? null : await readFile(snapshot, 'utf8').catch(() => null)
const migration = finishMigration(await schemaDiff(before, models.schema), models)
if (migration === '') {
  console.log('No migration is needed: since the last one, the models have no change that affects the database.')
} else {
  const file = `${String(Math.max(0, ...numbers) + 1).padStart(4, '0')}_${name}.sql`
  await writeFile(join(migrations, file), migration, { flag: 'wx' })
  console.log(`Wrote prisma/migrations/${file}. Read it before you commit it.`)
  for (const step of manualSteps(migration, models)) console.log(`- ${step}`)
}
// The snapshot always has the current text of the models, so it is also written when only a comment has changed.
await writeFile(snapshot, models.schema)
