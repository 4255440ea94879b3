import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type CatalogEntry, catalogChanges } from '../../../src/platform/plugins/tables/catalog.ts'
import { createTestInstallation, type TestInstallation } from './installation.ts'
import { pluginFiles } from './plugins.ts'

let installation: TestInstallation
let fresh: CatalogEntry[]
beforeAll(async () => {
  installation = await createTestInstallation()
  fresh = await installation.catalog()
})
afterAll(() => installation.close())

/** Runs a command that must exit with 0, and returns its output. */
async function plugin(...args: string[]): Promise<string> {
  const { code, text } = await installation.rapport('plugin', ...args)
  expect(code, text).toBe(0)
  return text
}

const second = {
  version: '1.1.0',
  migrations: {
    '0002_note.sql': `ALTER TABLE "hello_gifts" ADD COLUMN "note" TEXT;\nCREATE TYPE "hello_kind" AS ENUM ('A');`,
  },
  remove: 'DROP TABLE "hello_gifts";\nDROP TYPE "hello_kind";\n',
}

it('`rapport plugin plan` shows what a plugin adds, without changing the database', async () => {
  await installation.write(
    pluginFiles('hello', {
      more: `permissions: ['contact:read'], reads: ['contacts'],
  rules: [{ name: 'hello.polite', description: 'Says hello first.', object: 'Contact', on: ['create'], before: () => undefined }],
  schema(builder) {
    builder.subscriptionField('helloSaid', (t) =>
      t.field({ description: 'Hello.', type: 'Int', permission: 'contact:read', on: { types: ['Contact'] }, resolve: () => 1 }))
  },`,
    }),
  )
  await installation.write({
    'plugins/hello/all.ts': 'export const all = ({ unrestricted }: { unrestricted: unknown }) => unrestricted\n',
    'plugins/hello/some.ts': '// Uses nothing that is unrestricted.\n',
  })
  const text = await plugin('plan', './plugins/hello')
  expect(text).toContain(
    'Files whose code may read records that are hidden from the caller (`unrestricted`):\n- all.ts\n\n',
  )
  expect(text).toContain('Plugin hello 1.0.0 from ./plugins/hello')
  expect(text).toContain('- contact:read')
  expect(text).toContain('- hello.polite on create of Contact: Says hello first.')
  expect(text).toContain("- Field 'helloGifts' was added to object type 'Query'")
  expect(text).toContain("- Field 'helloSaid' was added to object type 'Subscription'")
  expect(text).toContain('  CREATE TABLE "hello_gifts" (')
  expect(text).toContain('No problems were found.')
  expect(catalogChanges(fresh, await installation.catalog())).toEqual([])
})

it('`rapport plugin add` adds no plugin without --yes or a confirmation', async () => {
  const { code, text } = await installation.rapport('plugin', 'add', './plugins/hello')
  expect(code).toBe(1)
  expect(text).toContain('Run the command with --yes')
  expect(catalogChanges(fresh, await installation.catalog())).toEqual([])
})

it('`rapport plugin remove` keeps the tables of a plugin, or exports or drops them and leaves nothing in the database', async () => {
  await installation.rapport('workspace', 'create', 'acme', '--admin', 'boss@acme.example')
  for (const mistyped of ['hello', 'plugins/hello']) {
    const { text } = await installation.rapport('plugin', 'plan', mistyped)
    expect(text).toContain('Did you mean ./plugins/hello?')
    expect(text).not.toContain('npm')
  }
  await plugin('add', './plugins/hello', '--yes')
  expect(await installation.read('rapport.config.ts')).toContain("plugins: ['./plugins/hello']")
  const unknown = await installation.rapport('plugin', 'enable', 'helo', '--all')
  expect(unknown).toMatchObject({
    code: 1,
    text: expect.stringContaining('The plugin helo is not installed. Installed plugins: hello.'),
  })
  await plugin('enable', 'hello', '--workspace', 'acme')
  await installation.owner.query(
    `insert into hello_gifts (workspace_id, id, title)
     select id, gen_random_uuid(), title from workspaces, unnest(array['A "big" one', '', 'two' || chr(10) || 'lines']) title`,
  )
  await installation.write(pluginFiles('hello', second))
  expect(await plugin('list')).toContain('Version 1.0.0 is installed, and ./plugins/hello is 1.1.0.')
  expect(await plugin('upgrade', '--yes')).toContain('Upgraded hello from 1.0.0 to 1.1.0.')
  expect(await plugin('list')).toBe('hello 1.1.0 installed, from ./plugins/hello, enabled in acme\n')
  const installed = await installation.catalog()
  await plugin('disable', 'hello', '--all')

  await plugin('remove', 'hello', '--keep')
  expect(await installation.read('rapport.config.ts')).toContain('plugins: []')
  expect(catalogChanges(installed, await installation.catalog())).toEqual([])
  await plugin('add', './plugins/hello', '--yes')
  const { rows } = await installation.owner.query('select count(*)::int as gifts from hello_gifts')
  expect(rows).toEqual([{ gifts: 3 }])

  await plugin('remove', 'hello', '--export', join(installation.folder, 'out'))
  expect(JSON.parse(await installation.read('out/manifest.json'))).toMatchObject({
    plugin: 'hello',
    version: '1.1.0',
    tables: [{ table: 'hello_gifts', file: 'hello_gifts.csv', rows: 3 }],
  })
  const exported = await installation.read('out/hello_gifts.csv')
  expect(exported).toContain(',"A ""big"" one",,')
  expect(exported).toContain(',"",,')
  expect(catalogChanges(fresh, await installation.catalog())).toEqual([])

  await plugin('add', './plugins/hello', '--yes')
  expect(catalogChanges(installed, await installation.catalog())).toEqual([])
  await plugin('remove', 'hello', '--drop')
  expect(catalogChanges(fresh, await installation.catalog())).toEqual([])
  expect(await plugin('list')).toBe('No plugin is installed.\n')
}, 240_000)

it('`rapport plugin plan` and `rapport plugin upgrade` show the changes of a new version that break clients of the API', async () => {
  await installation.write(pluginFiles('shown'))
  await plugin('add', './plugins/shown', '--yes')
  const files = pluginFiles('shown', { version: '2.0.0' })
  const entry = 'plugins/shown/plugin.ts'
  await installation.write({ ...files, [entry]: files[entry]?.replace('relations: { contact: {} }, ', '') ?? '' })
  const broken = "Field 'contact' was removed from object type 'ShownGift'"
  const planned = await plugin('plan', './plugins/shown')
  expect(planned).toContain('Breaking changes for clients of the GraphQL API:')
  expect(planned).toContain(`- ${broken}\n`)
  expect(planned).not.toContain('Adds to the GraphQL API')
  const asked = await installation.rapport('plugin', 'upgrade', 'shown')
  expect(asked.text).toContain(`Breaking change for clients: ${broken}`)
  await plugin('upgrade', 'shown', '--yes')
  expect(await plugin('plan', './plugins/shown')).not.toContain('GraphQL API:')
  await plugin('remove', 'shown', '--drop')
}, 180_000)

it('`rapport plugin add` leaves nothing in the database when it is killed, and can then be run again', async () => {
  await installation.write(
    pluginFiles('slow', {
      migrations: { '0002_said.sql': 'COMMENT ON TABLE "slow_gifts" IS \'Gifts.\';' },
      remove: 'DROP TABLE "slow_gifts";\n',
    }),
  )
  // Creating the foreign key waits for this lock, in the middle of the transaction.
  const blocker = await installation.owner.connect()
  try {
    await blocker.query('begin; lock table contacts in share mode')
    const adding = installation.start('plugin', 'add', './plugins/slow', '--yes')
    const ended = once(adding, 'close')
    await waitUntil(async () => {
      const { rows } = await installation.owner.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return rows.length > 0
    })
    adding.kill('SIGKILL')
    await ended
  } finally {
    await blocker.query('rollback')
    blocker.release()
  }
  await waitUntil(async () => catalogChanges(fresh, await installation.catalog()).length === 0)
  const { rows } = await installation.owner.query(`select from rapport_migrations where owner = 'slow'`)
  expect(rows).toEqual([])
  await plugin('add', './plugins/slow', '--yes')
  expect(await plugin('doctor')).toContain('ok')
  await plugin('remove', 'slow', '--drop')
  expect(catalogChanges(fresh, await installation.catalog())).toEqual([])
}, 180_000)

it('`rapport plugin doctor` reports an unconfirmed permission, edited migration, unlisted plugin and unknown table', async () => {
  await installation.write(pluginFiles('drifting'))
  await plugin('add', './plugins/drifting', '--yes')
  await installation.write(pluginFiles('drifting', { more: `permissions: ['contact:read'],` }))
  const greedy = await installation.rapport('plugin', 'doctor')
  expect(greedy.code).toBe(1)
  expect(greedy.text).toContain(
    'PROBLEM  drifting: Its code may use contact:read, which was not confirmed when version 1.0.0 was installed.',
  )
  await installation.write({ 'plugins/drifting/migrations/0001_init.sql': '-- edited\n' })
  const edited = await installation.rapport('plugin', 'doctor')
  expect(edited.code).toBe(1)
  expect(edited.text).toContain('PROBLEM  drifting: Migration 0001_init.sql of drifting was changed')
  await installation.write({ ...pluginFiles('drifting'), 'rapport.config.ts': 'export default { plugins: [] }\n' })
  await installation.owner.query('create table stray (id int)')
  const unlisted = await installation.rapport('plugin', 'doctor')
  expect(unlisted.text).toContain(
    'PROBLEM  drifting: It is installed, but rapport.config.ts does not list ./plugins/drifting',
  )
  expect(unlisted.text).toContain('warning  stray: This table belongs neither to core nor to an installed plugin')
  const whole = await installation.rapport('doctor')
  expect(whole.code).toBe(1)
  expect(whole.text).toContain(unlisted.text)
  await installation.owner.query('drop table stray')
  await plugin('remove', 'drifting', '--drop')
}, 180_000)

async function waitUntil(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await isSo()) return
    await wait(100)
  }
  throw new Error('The condition was not met within 30 s.')
}
