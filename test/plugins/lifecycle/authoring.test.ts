import { cp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { catalogChanges } from '../../../src/platform/plugins/tables/catalog.ts'
import { createTestInstallation, type TestInstallation } from './installation.ts'
import { pluginFiles } from './plugins.ts'

let installation: TestInstallation
let folder: string
beforeAll(async () => {
  installation = await createTestInstallation()
  folder = `${installation.folder}/plugins/hello`
  const files = pluginFiles('hello')
  delete files['plugins/hello/migrations/0001_init.sql']
  delete files['plugins/hello/remove.sql']
  await installation.write(files)
})
afterAll(() => installation.close())

it('the migrations and remove.sql that `rapport plugin migration` writes leave nothing in the database after removal', async () => {
  const fresh = await installation.catalog()
  const first = await installation.rapport('plugin', 'migration', folder, 'init')
  expect(first).toEqual({ code: 0, text: 'Wrote migrations/0001_init.sql. Read it before you publish it.\n' })
  const again = await installation.rapport('plugin', 'migration', folder, 'again')
  expect(again.text).toBe('No migration is needed: the models have not changed.\n')

  const models = await installation.read('plugins/hello/models.prisma')
  await installation.write({
    'plugins/hello/models.prisma': `${models.replace('  title       String\n', '  title       String\n  kind        HelloKind?\n')}
enum HelloKind {
  BIG
  SMALL

  @@map("hello_kinds")
}
`,
  })
  await installation.rapport('plugin', 'migration', folder, 'kind')
  expect(await installation.read('plugins/hello/migrations/0002_kind.sql')).toBe(
    `-- CreateEnum\nCREATE TYPE "hello_kinds" AS ENUM ('BIG', 'SMALL');\n\n-- AlterTable\nALTER TABLE "hello_gifts" ADD COLUMN     "kind" "hello_kinds";\n`,
  )
  expect(await installation.read('plugins/hello/remove.sql')).toContain('DROP TYPE "hello_kinds";')
  expect(await installation.rapport('plugin', 'add', './plugins/hello', '--yes')).toMatchObject({ code: 0 })
  expect(await installation.rapport('plugin', 'remove', 'hello', '--drop')).toMatchObject({ code: 0 })
  expect(catalogChanges(fresh, await installation.catalog())).toEqual([])
}, 180_000)

/** Runs a test that changes the plugin's folder, and restores the folder afterwards. */
async function withFolder(test: (migrations: string) => Promise<void>): Promise<void> {
  const copy = join(installation.folder, 'copy')
  await cp(folder, copy, { recursive: true })
  try {
    await test(join(folder, 'migrations'))
  } finally {
    await rm(folder, { recursive: true })
    await rename(copy, folder)
  }
}

it(
  '`rapport plugin migration` writes the complete first migration again when all migrations were deleted',
  () =>
    withFolder(async (migrations) => {
      for (const file of ['0001_init.sql', '0002_kind.sql']) await rm(join(migrations, file))
      const written = await installation.rapport('plugin', 'migration', folder, 'start')
      expect(written).toEqual({ code: 0, text: 'Wrote migrations/0001_start.sql. Read it before you publish it.\n' })
      const sql = await installation.read('plugins/hello/migrations/0001_start.sql')
      expect(sql).toContain('CREATE TYPE "hello_kinds"')
      expect(sql).toMatch(/CREATE TABLE "hello_gifts" \([\s\S]*"kind" "hello_kinds",/)
      expect(sql).toContain('CREATE POLICY "workspace" ON "hello_gifts"')
      expect(await installation.read('plugins/hello/remove.sql')).toContain('DROP TABLE "hello_gifts"')
      const fresh = await installation.catalog()
      expect(await installation.rapport('plugin', 'add', './plugins/hello', '--yes')).toMatchObject({ code: 0 })
      expect(await installation.rapport('plugin', 'remove', 'hello', '--drop')).toMatchObject({ code: 0 })
      expect(catalogChanges(fresh, await installation.catalog())).toEqual([])
    }),
  180_000,
)

it.each([
  [
    'only the last migration was deleted',
    '0002_kind.sql',
    'migrations/models.prisma has the models as of 0002_kind.sql, which does not exist. Restore that migration, or',
  ],
  [
    'only the first migration was deleted',
    '0001_init.sql',
    'Migration 0002_kind.sql of hello is not named as expected',
  ],
  [
    'the copy of the models is missing',
    'models.prisma',
    'migrations/models.prisma is missing, so what the models were at 0002_kind.sql is not known',
  ],
])('`rapport plugin migration` writes nothing and says what to restore when %s', (_what, deleted, reason) =>
  withFolder(async (migrations) => {
    await rm(join(migrations, deleted))
    const before = await readdir(migrations)
    const { code, text } = await installation.rapport('plugin', 'migration', folder, 'more')
    expect({ code, text }).toEqual({ code: 1, text: expect.stringContaining(reason) })
    expect(await readdir(migrations)).toEqual(before)
  }),
)

it('`rapport plugin migration` does not overwrite a remove.sql that was changed by hand', async () => {
  await installation.write({ 'plugins/hello/remove.sql': '-- by hand\n' })
  const models = await installation.read('plugins/hello/models.prisma')
  await installation.write({
    'plugins/hello/models.prisma': models.replace('HelloKind?\n', 'HelloKind?\n  note String?\n'),
  })
  const { text } = await installation.rapport('plugin', 'migration', folder, 'note')
  expect(text).toContain('remove.sql was changed by hand and is not overwritten')
  expect(await installation.read('plugins/hello/remove.sql')).toBe('-- by hand\n')
})

it("`rapport plugin types` writes the TypeScript types of a plugin's models", async () => {
  expect(await installation.rapport('plugin', 'types', folder)).toEqual({
    code: 0,
    text: 'Wrote models.d.ts and generated/plugins.\n',
  })
  const types = await installation.read('plugins/hello/models.d.ts')
  expect(types).toContain("declare module 'rapport/plugin' {")
  expect(await installation.read('generated/plugins/types.d.ts')).toContain('interface GeneratedTypes {')
  expect(types).toContain('HelloGift: {')
  expect(types).toContain("HelloKind: 'BIG' | 'SMALL'")
  expect(types).not.toContain('Account: {')
})
