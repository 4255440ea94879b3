import { afterAll, beforeAll, expect, it } from 'vitest'
import { coreParts } from '../../../src/core.ts'
import { addPlugin } from '../../../src/platform/plugins/lifecycle/add-plugin.ts'
import { listPlugin, unlistPlugin } from '../../../src/platform/plugins/lifecycle/config-file.ts'
import type { Installation } from '../../../src/platform/plugins/lifecycle/installation.ts'
import { removePlugin } from '../../../src/platform/plugins/lifecycle/remove-plugin.ts'
import { usablePlugins } from '../../../src/platform/plugins/lifecycle/usable-plugins.ts'
import { type CatalogEntry, catalogChanges } from '../../../src/platform/plugins/tables/catalog.ts'
import { createTestInstallation, type TestInstallation } from './installation.ts'
import { pluginFiles } from './plugins.ts'

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

it('removing a plugin is refused while another plugin depends on it', async () => {
  await files.write(pluginFiles('leaning', { more: "depends: { good: '^1.0.0' }," }))
  await add('leaning')
  for (const mode of ['drop', 'keep'] as const)
    await expect(removePlugin(installation, 'good', { mode })).rejects.toThrow('leaning needs good')
  const { usable } = await usablePlugins(files.owner, installation.core, files.configPath)
  expect(usable.map(({ plugin }) => plugin.id)).toEqual(['good', 'leaning'])
  await removePlugin(installation, 'leaning', { mode: 'drop' })
  expect(catalogChanges(before, await files.catalog())).toEqual([])
})

it('removing a plugin is refused when its remove.sql leaves a table, and succeeds once remove.sql is corrected', async () => {
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

it('a plugin that is not installed, or a broken configuration file, is reported, and installed plugins stay usable', async () => {
  await files.write({ 'rapport.config.ts': "export default { plugins: ['./plugins/good', './plugins/none'] }\n" })
  const unknown = await usablePlugins(files.owner, installation.core, files.configPath)
  expect(unknown.usable).toHaveLength(1)
  expect(unknown.refused).toMatchObject([
    { source: './plugins/none', reason: expect.stringContaining('not installed') },
  ])
  await files.write({ 'rapport.config.ts': 'export default { plugins: [ }\n' })
  const broken = await usablePlugins(files.owner, installation.core, files.configPath)
  expect(broken.usable).toHaveLength(1)
  expect(broken.refused).toMatchObject([
    { source: files.configPath, reason: expect.stringContaining("It can't be read: ") },
  ])
  const { text } = await files.rapport('plugin', 'list')
  expect(text).toMatch(/It can't be read: .* \(line \d+:\d+\)\. Fix it\./)
  expect(text.split(files.configPath)).toHaveLength(2)
})

it.each([
  ['on several lines', 'export default {\n  plugins: [],\n}\n'],
  ['on one line', 'export default { plugins: [] }\n'],
])(
  'adding and removing plugins keeps the list in rapport.config.ts formatted, when an empty list is written %s',
  async (_how, empty) => {
    const plugins = [1, 2, 3].map((number) => `./plugins/${number}${'x'.repeat(25)}`)
    const [first = '', second = '', third = ''] = plugins
    await files.write({ 'rapport.config.ts': empty })
    for (const each of [first, second]) await listPlugin(files.configPath, each)
    expect(await files.read('rapport.config.ts')).toBe(empty.replace('[]', `['${first}', '${second}']`))
    await listPlugin(files.configPath, third)
    const spread = `export default {\n  plugins: [\n    '${first}',\n    '${second}',\n    '${third}',\n  ],\n}\n`
    expect(await files.read('rapport.config.ts')).toBe(spread)
    await unlistPlugin(files.configPath, third)
    expect(await files.read('rapport.config.ts')).toContain(`  plugins: ['${first}', '${second}'],\n`)
  },
)
