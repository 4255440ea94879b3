import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { coreParts } from '../../src/app.ts'
import { addPlugin } from '../../src/platform/plugins/lifecycle/add.ts'
import { type CatalogEntry, catalogChanges } from '../../src/platform/plugins/lifecycle/catalog.ts'
import type { Installation } from '../../src/platform/plugins/lifecycle/installation.ts'
import { removePlugin } from '../../src/platform/plugins/lifecycle/remove.ts'
import { usablePlugins } from '../../src/platform/plugins/lifecycle/usable.ts'
import { createTestInstallation, type TestInstallation } from './lifecycle-installation.ts'
import { type PluginText, pluginFiles, protectionSql, tableSql } from './lifecycle-plugins.ts'

let files: TestInstallation
let installation: Installation
let before: CatalogEntry[]
beforeAll(async () => {
  files = await createTestInstallation()
  installation = { configPath: files.configPath, databaseUrl: files.databaseUrl, core: await coreParts() }
  await files.write(pluginFiles('good', { version: '1.2.0' }))
  await add('good')
  before = await files.catalog()
})
afterAll(() => files.close())

async function add(folder: string): Promise<void> {
  await addPlugin(installation, `./plugins/${folder}`, async () => true)
}

/** The plugin's SQL with one more file. */
const withSql = (sql: string): PluginText => ({ migrations: { '0002_bad.sql': sql } })

const REFUSED: readonly (readonly [what: string, folder: string, given: PluginText, reason: string])[] = [
  ['throws on import', 'throwing', { first: "throw new Error('Oh no')" }, 'Its import failed: Oh no'],
  ['never ends its import', 'looping', { first: 'for (;;) {}' }, 'Its import did not end within 5 s'],
  [
    'fills the memory on import',
    'eating',
    { first: 'const all: unknown[] = []\nfor (;;) all.push(new Array(100_000).fill(0.5))' },
    'it took more than 256 MB of memory',
  ],
  ['ends the process on import', 'exiting', { first: 'process.exit(0)' }, 'Its import ended the process'],
  ['leaves a timer', 'ticking', { first: 'setInterval(() => {}, 1_000)' }, 'On import it leaves Timeout running'],
  ['adds a global', 'global', { first: "Reflect.set(globalThis, 'mine', 1)" }, 'On import it adds the global mine'],
  [
    'reads the environment',
    'nosy',
    { first: 'process.env.DATABASE_URL' },
    'reads the environment variable DATABASE_URL',
  ],
  [
    'reads a file',
    'reading',
    { first: "import { readFileSync } from 'node:fs'\nreadFileSync('/etc/hosts')" },
    'On import it reads or writes files (readFileSync)',
  ],
  [
    'writes a file',
    'writing',
    { first: "import { writeFileSync } from 'node:fs'\nwriteFileSync('/tmp/rapport-test-file', '')" },
    'Its import failed: Access to this API has been restricted',
  ],
  ['has an unknown key', 'unknown', { more: 'colour: 1,' }, 'Unrecognized key: "colour"'],
  ['is for another API', 'old', { more: "api: '^9.0.0'," }, 'old is written for version ^9.0.0 of the plugin API'],
  ['has a name of core', 'accounts', {}, 'The id accounts belongs to core'],
  ['would own tables of core', 'account', {}, 'The id account belongs to core'],
  [
    'lacks a dependency',
    'needy',
    { more: "depends: { nobody: '^1.0.0' }," },
    'needy needs nobody ^1.0.0, which is not installed',
  ],
  [
    'wants another version',
    'picky',
    { more: "depends: { good: '^2.0.0' }," },
    'picky needs good ^2.0.0, but good is at 1.2.0',
  ],
  [
    'is in conflict',
    'enemy',
    { more: "conflicts: { good: '*' }," },
    "enemy declares that it can't live with good 1.2.0",
  ],
  [
    'has the id of another',
    'other',
    { id: 'good' },
    'used by both ./plugins/good, which is installed, and ./plugins/other',
  ],
  [
    'names a rule badly',
    'badrule',
    { more: `rules: [{ name: 'x', description: 'X.', object: 'Contact', on: ['create'], before: () => undefined }],` },
    "does not begin with the plugin's id: write badrule.x",
  ],
  [
    'has a field of another',
    'fields',
    {
      more: `extend: { Contact: { displayName: { kind: 'computed', type: 'String', description: 'X.', value: () => { throw new Error('no') } } } },`,
    },
    'displayName',
  ],
  [
    'alters a core table',
    'altering',
    withSql('ALTER TABLE accounts ADD COLUMN x int;'),
    "accounts is not the plugin's own",
  ],
  ['drops a core table', 'dropping', withSql('DROP TABLE accounts;'), "accounts is not the plugin's own"],
  ['writes core rows', 'updating', withSql("UPDATE accounts SET name = 'x';"), "accounts is not the plugin's own"],
  [
    'hides a write',
    'hiding',
    withSql('WITH gone AS (DELETE FROM contacts RETURNING id) INSERT INTO hiding_gifts (id) SELECT id FROM gone;'),
    "contacts is not the plugin's own",
  ],
  [
    'runs a block',
    'blocking',
    withSql('DO $$ BEGIN DROP TABLE accounts; END $$;'),
    "a plugin's SQL has no DO statement",
  ],
  ['gives itself rights', 'granting', withSql('GRANT ALL ON accounts TO PUBLIC;'), 'it grants rights to somebody else'],
  [
    'defines with the rights of the owner',
    'defining',
    withSql('CREATE FUNCTION defining_f() RETURNS int LANGUAGE sql SECURITY DEFINER AS $$ SELECT 1 $$;'),
    'is not SECURITY DEFINER',
  ],
  [
    'fails half-way',
    'failing',
    withSql('ALTER TABLE failing_gifts ADD COLUMN x nosuchtype;'),
    'Migration 0002_bad.sql of failing failed',
  ],
  ['is no SQL', 'garbage', withSql('CREATE TABEL x;'), '0002_bad.sql of plugin garbage is not valid SQL'],
  [
    'leaves a table open to all workspaces',
    'open',
    withSql('CREATE TABLE open_x (workspace_id uuid not null, id uuid);\nGRANT SELECT ON open_x TO rapport_app;'),
    'the table open_x has no row-level security',
  ],
  [
    'has a policy of its own',
    'lax',
    withSql(
      `CREATE TABLE lax_x (workspace_id uuid not null, id uuid);\n${protectionSql('lax_x').replaceAll(/\("workspace_id" = .*\)/g, '(true)')}`,
    ),
    'the table lax_x has no row-level security with the policy "workspace"',
  ],
  [
    'may truncate',
    'truncating',
    withSql('GRANT TRUNCATE ON truncating_gifts TO rapport_app;'),
    'grants more than SELECT, INSERT, UPDATE and DELETE',
  ],
  [
    'keeps core from deleting',
    'holding',
    {
      migrations: {
        '0001_init.sql': tableSql('holding').replace('ON DELETE SET NULL ("contact_id")', 'ON DELETE RESTRICT'),
      },
    },
    'keeps contacts from deleting its records',
  ],
  [
    'keeps contacts with NO ACTION, which only actors may be',
    'holding',
    {
      migrations: {
        '0001_init.sql': tableSql('holding').replace('ON DELETE SET NULL ("contact_id")', 'ON DELETE NO ACTION'),
      },
    },
    'keeps contacts from deleting its records',
  ],
]

describe('refuses a plugin that', () => {
  it.each(REFUSED)('%s', async (_, folder, given, reason) => {
    await files.write(pluginFiles(folder, given))
    await expect(add(folder)).rejects.toThrow(reason)
    expect(catalogChanges(before, await files.catalog())).toEqual([])
    expect(await files.read('rapport.config.ts')).toContain("plugins: ['./plugins/good']")
    const { rows } = await files.owner.query('select id from installed_plugins')
    expect(rows).toEqual([{ id: 'good' }])
  })
})

it('keeps what another needs', async () => {
  await files.write(pluginFiles('leaning', { more: "depends: { good: '^1.0.0' }," }))
  await add('leaning')
  for (const mode of ['drop', 'keep'] as const)
    await expect(removePlugin(installation, 'good', { mode })).rejects.toThrow('leaning needs good')
  const { usable } = await usablePlugins(files.owner, installation.core, files.configPath)
  expect(usable.map(({ plugin }) => plugin.id)).toEqual(['good', 'leaning'])
  await removePlugin(installation, 'leaning', { mode: 'drop' })
  expect(catalogChanges(before, await files.catalog())).toEqual([])
})

it('drops nothing where remove.sql leaves something, and ends the removal when it is mended', async () => {
  await files.write(pluginFiles('leaving', { remove: '-- nothing\n' }))
  await add('leaving')
  const removal = { mode: 'drop' } as const
  await expect(removePlugin(installation, 'leaving', removal)).rejects.toThrow('it leaves leaving_gifts')
  const { usable } = await usablePlugins(files.owner, installation.core, files.configPath)
  expect(usable.map(({ plugin }) => plugin.id)).toEqual(['good'])
  await files.write(pluginFiles('leaving'))
  await removePlugin(installation, 'leaving', removal)
  expect(catalogChanges(before, await files.catalog())).toEqual([])
})

it('leaves out what can’t be used, with the reason, and tells a broken list', async () => {
  await files.write({ 'rapport.config.ts': "export default { plugins: ['./plugins/good', './plugins/none'] }\n" })
  const unknown = await usablePlugins(files.owner, installation.core, files.configPath)
  expect(unknown.usable).toHaveLength(1)
  expect(unknown.refused).toMatchObject([
    { source: './plugins/none', reason: expect.stringContaining('not installed') },
  ])
  await files.write({ 'rapport.config.ts': 'export default {\n' })
  const broken = await usablePlugins(files.owner, installation.core, files.configPath)
  expect(broken.usable).toHaveLength(1)
  expect(broken.refused).toMatchObject([{ source: files.configPath }])
})
