import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestInstallation, type TestInstallation } from './installation.ts'
import { pluginFiles, tableSql } from './plugins.ts'

let installation: TestInstallation
beforeAll(async () => {
  installation = await createTestInstallation()
})
afterAll(() => installation.close())

const rapport = (...args: string[]) => installation.rapport('plugin', ...args)
const plan = (plugin: string) => rapport('plan', plugin)

describe('`rapport plugin plan` reports, before anything is written,', () => {
  it('a table that nothing which is installed created', async () => {
    await installation.write(pluginFiles('left'))
    await installation.owner.query('create table left_gifts (id uuid)')
    const { code, text } = await plan('./plugins/left')
    expect(code).toBe(1)
    expect(text).toContain(
      '- 0001_init.sql of plugin left, line 2: there is a table or view left_gifts already. Nothing that is installed created it',
    )
    await installation.owner.query('drop table left_gifts')
    expect(await plan('./plugins/left')).toMatchObject({
      code: 0,
      text: expect.stringContaining('No problems were found.\nTo install it: rapport plugin add ./plugins/left\n'),
    })
  })

  it('a column, an index and a type that the tables do not have', async () => {
    const migrations = {
      '0002_index.sql': 'CREATE INDEX "lacking_when" ON "lacking_gifts" ("given_at");\n',
    }
    await installation.write(pluginFiles('lacking', { migrations }))
    expect((await plan('./plugins/lacking')).text).toContain(
      '- 0002_index.sql of plugin lacking, line 1: lacking_gifts has no column given_at. Correct the migration.',
    )
  })

  it('migrations that do not create what the models declare', async () => {
    const first = tableSql('unlike').replace('"title" TEXT NOT NULL', '"title" INTEGER')
    await installation.write(pluginFiles('unlike', { migrations: { '0001_init.sql': first } }))
    const { code, text } = await plan('./plugins/unlike')
    expect(code).toBe(1)
    expect(text).toContain(
      '- After the migrations of unlike, models.prisma has UnlikeGift.title (unlike_gifts.title), a text, which is int4 in the database.',
    )
  })

  it('a rapport.config.ts that cannot be edited', async () => {
    await installation.write({
      ...pluginFiles('listed'),
      'rapport.config.ts': 'const plugins: string[] = []\nexport default { plugins }\n',
    })
    const { code, text } = await plan('./plugins/listed')
    expect(code).toBe(1)
    expect(text).toContain(
      "is not of the form that can be edited safely. Add './plugins/listed' to its plugins by hand",
    )
    await installation.write({ 'rapport.config.ts': 'export default { plugins: [] }\n' })
  })

  it('a setting of the installation that the operator has to set', async () => {
    await installation.write(
      pluginFiles('setting', {
        first: "import { z } from 'rapport/plugin'",
        more: 'settings: { installation: z.object({ url: z.string(), pages: z.number().default(1) }) },',
      }),
    )
    const { text } = await plan('./plugins/setting')
    expect(text).toContain(
      '- url, for the installation; missing: once the plugin is installed, run: rapport plugin set setting url=…\n',
    )
    expect(text).toContain('- pages, for the installation\n')
  })

  it('access rules, the times of background work, and seeds', async () => {
    await installation.write(
      pluginFiles('parts', {
        more: `accessRules: [
            { name: 'parts.people', description: 'Keys read no accounts.', object: 'Account', on: ['read'], decide: ({ actor }) => actor.kind !== 'API_KEY' },
            { name: 'parts.own', description: 'Nobody deletes gifts.', object: 'PartsGift', on: ['update', 'delete'], isIntegral: true, decide: () => false },
          ],
          handlers: [{ name: 'parts.thank', description: 'Thanks.', on: { types: ['PartsGift', 'Contact'] }, async handle() {} }],
          jobs: [
            { name: 'parts.nightly', description: 'Counts.', schedule: '0 6 * * *', async run() {} },
            { name: 'parts.send', description: 'Sends.', async run() {} },
          ],
          seeds: [{ name: 'first', description: 'A sample gift.', async run() {} }],`,
      }),
    )
    const { code, text } = await plan('./plugins/parts')
    expect(text).toContain(`
Access rules, which hide records of the object or refuse writes to them:
- parts.people on read of Account: Keys read no accounts.
- parts.own on update, delete of PartsGift: Nobody deletes gifts. Administrators cannot disable it.

Background work:
- parts.thank, after changes of PartsGift, Contact: Thanks.
- parts.nightly, at 0 6 * * * (cron, UTC): Counts.
- parts.send, when code enqueues it: Sends.

Records that it creates in each workspace that enables it:
- parts.first: A sample gift.
`)
    expect(code).toBe(0)
  })

  it('migrations of Rapport itself that were not run on the database', async () => {
    const { rows } = await installation.owner.query(
      `delete from rapport_migrations where (owner, name) =
         (select owner, name from rapport_migrations where owner = 'core' order by name desc limit 1) returning *`,
    )
    const [row] = rows
    try {
      const { code, text } = await plan('./plugins/left')
      expect(code).toBe(1)
      expect(text).toContain(
        `The database lacks 1 migration of Rapport, such as ${row.name}. Run \`rapport migrate\` first, or start the server, which migrates its database too.`,
      )
    } finally {
      await installation.owner.query('insert into rapport_migrations values ($1, $2, $3, $4, $5)', Object.values(row))
    }
  })
})

describe('for an installed plugin, `rapport plugin plan`', () => {
  beforeAll(async () => {
    await installation.write(pluginFiles('there'))
    expect(await rapport('add', './plugins/there', '--yes')).toMatchObject({ code: 0 })
  }, 180_000)

  it('accepts its id, and says what is to be done', async () => {
    const byId = await plan('there')
    expect(byId).toEqual(await plan('./plugins/there'))
    expect(byId.text).toContain('Plugin there 1.0.0 from ./plugins/there')
    expect(byId.text).toContain('No problems were found.\nVersion 1.0.0 is installed: there is nothing to do.\n')
    await installation.write(pluginFiles('there', { version: '1.1.0' }))
    expect((await plan('there')).text).toContain('To upgrade it: rapport plugin upgrade there\n')
    await installation.write(pluginFiles('there'))
  }, 180_000)

  it('reports tables that differ from its models, and `add` refuses it', async () => {
    await installation.owner.query('alter table there_gifts drop column title')
    const difference = '- In the database, models.prisma has ThereGift.title (there_gifts.title), which'
    expect(await plan('there')).toMatchObject({ code: 1, text: expect.stringContaining(difference) })
    expect(await rapport('add', 'there', '--yes')).toMatchObject({
      code: 1,
      text: expect.stringContaining(difference),
    })
    await installation.owner.query(`alter table there_gifts add column title text not null default ''`)
    expect(await plan('there')).toMatchObject({ code: 0 })
  }, 180_000)

  it('names a dependency that is installed and cannot be loaded', async () => {
    await installation.write(pluginFiles('leans', { more: "depends: { there: '^1.0.0' }," }))
    const entry = await installation.read('plugins/there/plugin.ts')
    await installation.write({ 'plugins/there/plugin.ts': 'const = 1\n' })
    const { code, text } = await plan('./plugins/leans')
    await installation.write({ 'plugins/there/plugin.ts': entry })
    expect(code).toBe(1)
    expect(text).toMatch(
      /- leans depends on there, which is installed and can't be loaded: .*plugins\/there can't be imported/,
    )
    expect(text).not.toContain('Add it first')
  })
})

it('a listed plugin that is not installed can be planned and added by its id', async () => {
  await installation.write(pluginFiles('waiting'))
  const config = await installation.read('rapport.config.ts')
  await installation.write({
    'rapport.config.ts': config.replace("'./plugins/there'", "'./plugins/there', './plugins/waiting'"),
  })
  expect((await plan('waiting')).text).toContain('To install it: rapport plugin add ./plugins/waiting\n')
  expect(await rapport('add', 'waiting', '--yes')).toMatchObject({ code: 0 })
  expect((await rapport('list')).text).toContain('waiting 1.0.0 installed, from ./plugins/waiting')
}, 180_000)

it('`rapport plugin check` accepts the id of a listed plugin', async () => {
  // The first check of this plugin fails, so that the others, which take longer, do not run.
  const files = pluginFiles('watched', { first: 'setTimeout(() => {}, 1_000)' })
  const config = await installation.read('rapport.config.ts')
  await installation.write({
    ...files,
    'rapport.config.ts': config.replace("'./plugins/there'", "'./plugins/there', './plugins/watched'"),
  })
  const byId = await rapport('check', 'watched')
  expect(byId).toMatchObject({ code: 1, text: expect.stringContaining('FAIL only declares on import') })
  const unknown = await rapport('check', 'wached')
  expect(unknown).toMatchObject({
    code: 1,
    text: expect.stringMatching(
      /There is no folder wached, and rapport\.config\.ts lists no plugin with this package or id\. It lists .*watched/,
    ),
  })
}, 180_000)
