import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestInstallation, type TestInstallation } from './installation.ts'
import { pluginFiles } from './plugins.ts'

const NAME = '@acme/rapport-hello'

let installation: TestInstallation
beforeAll(async () => {
  installation = await createTestInstallation()
  await rm(join(installation.folder, 'node_modules'))
})
afterAll(() => installation.close())

it('`rapport plugin add` installs a plugin from an npm package with compiled JavaScript', async () => {
  const files = Object.entries(pluginFiles('hello')).map(
    ([file, text]) => [file.replace('plugins/hello/', `node_modules/${NAME}/`), text] as const,
  )
  const sources = Object.fromEntries(files)
  const entry = `node_modules/${NAME}/plugin.ts`
  const compiled = sources[entry] ?? ''
  delete sources[entry]
  await installation.write({
    ...sources,
    [`node_modules/${NAME}/dist/plugin.js`]: compiled,
    [`node_modules/${NAME}/package.json`]: JSON.stringify({
      name: NAME,
      version: '1.0.0',
      type: 'module',
      exports: { '.': { types: './dist/plugin.d.ts', import: './dist/plugin.js' } },
    }),
  })
  const added = await installation.rapport('plugin', 'add', NAME, '--yes')
  expect(added).toMatchObject({ code: 0, text: expect.stringContaining('Installed hello 1.0.0.') })
  expect(await installation.read('rapport.config.ts')).toContain(`plugins: ['${NAME}']`)
  await installation.rapport('workspace', 'create', 'acme', '--admin', 'boss@acme.example')
  await installation.rapport('plugin', 'enable', 'hello', '--all')
  const { text } = await installation.rapport('plugin', 'list')
  expect(text).toBe(`hello 1.0.0 installed, from ${NAME}, enabled in acme\n`)
}, 180_000)

it('`rapport plugin plan` tells how to install the npm package of a plugin when the package is missing', async () => {
  const { code, text } = await installation.rapport('plugin', 'plan', '@acme/none')
  expect(code).toBe(1)
  expect(text).toContain('The package @acme/none is not installed. Run: npm install @acme/none')
})
