import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { applyMigration } from '../../../src/platform/data/migrations/migrate.ts'
import { checkStatements } from '../../../src/platform/plugins/statements/check-statements.ts'
import { inTransaction } from '../../../src/platform/plugins/tables/in-transaction.ts'
import { createTestDatabase, type TestDatabase } from '../../../src/testing/test-database.ts'

const MODELS_PAGE = join(import.meta.dirname, '../../../docs/plugins/models.md')
const INIT = `CREATE TYPE "hello_kinds" AS ENUM ('BIG', 'SMALL');
CREATE TABLE "hello_gifts" ("kind" "hello_kinds");
INSERT INTO "hello_gifts" VALUES ('BIG'), ('SMALL')`

let database: TestDatabase
let client: Client
beforeAll(async () => {
  database = await createTestDatabase()
  client = new Client({ connectionString: database.url })
  await client.connect()
  await upgrade('hello', { '0001_init.sql': INIT })
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

/** Applies migration files in one transaction, as an upgrade does. */
async function upgrade(owner: string, files: Readonly<Record<string, string>>): Promise<void> {
  await inTransaction(client, async () => {
    for (const [name, sql] of Object.entries(files))
      await applyMigration(client, { pluginId: owner, name, sql, checksum: name })
  })
}

const early = {
  '0002_huge.sql': `ALTER TYPE "hello_kinds" ADD VALUE 'HUGE'`,
  '0003_use.sql': `UPDATE "hello_gifts" SET "kind" = 'HUGE' WHERE "kind" = 'BIG'`,
}

it('the migrations of one plugin upgrade cannot add an enum value and use it, and the error says what to do instead', async () => {
  await expect(upgrade('hello', early)).rejects.toThrow(
    /0003_use\.sql of hello failed.*unsafe use of new value "HUGE".*all files of an upgrade are one transaction: create the type again.*models\.md/,
  )
  await expect(upgrade('core', early)).rejects.toThrow('is committed: use it in a later file.')
})

it('a migration can use a new enum value when it creates the enum type again, as docs/plugins/models.md shows', async () => {
  const page = await readFile(MODELS_PAGE, 'utf8')
  const sql = /```sql\n(ALTER TYPE "hello_kinds" RENAME[\s\S]*?)```/.exec(page)?.[1] ?? ''
  await checkStatements({ id: 'hello', reads: [], file: '0002_huge.sql', sql })
  await upgrade('hello', { '0002_huge.sql': sql })
  const { rows } = await client.query('select kind::text from hello_gifts order by 1')
  expect(rows).toEqual([{ kind: 'HUGE' }, { kind: 'SMALL' }])
})
