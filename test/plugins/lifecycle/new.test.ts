import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { coreParts } from '../../../src/core.ts'
import { newPlugin } from '../../../src/platform/plugins/authoring/new-plugin.ts'
import { packPlugin } from '../../../src/platform/plugins/authoring/pack-plugin.ts'
import { type AuthorFolder, makeAuthorFolder, placeOf } from './author-folder.ts'

const root = resolve(import.meta.dirname, '../../..')
const run = promisify(execFile)
// The shortest and the longest id: when the new files are well formatted with both, they are so with every id.
const IDS = ['h5', 'hfiveabcdefghijklmnopqrstuvwxy']

let author: AuthorFolder
let folder: string
beforeAll(async () => {
  author = await makeAuthorFolder()
  folder = join(author.path, 'plugins')
  for (const id of IDS) await newPlugin(id, placeOf(join(folder, id), id), await coreParts())
})
afterAll(() => author.remove())

/** Runs one of the tools of a plugin's author. */
const tool = (name: string, ...args: readonly string[]) =>
  run(join(root, 'node_modules/.bin', name), args, {
    cwd: author.path,
    env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH']}` },
  })

describe('a plugin that `rapport plugin new` writes', () => {
  it('is formatted, and passes the linter and the type check', async () => {
    await tool('biome', 'check', 'plugins')
    await tool('tsc')
  })

  it('has tests that pass, also outside of the Rapport repository', async () => {
    // The command exits with 1 when a test fails. The result file has the details.
    await tool('vitest', 'run', '--reporter=json', '--outputFile=result.json').catch(() => null)
    const result = await readFile(join(author.path, 'result.json'), 'utf8')
    expect(JSON.parse(result), result).toMatchObject({ success: true, numPassedTests: 4 })
  }, 180_000)

  it('has a migration, a remove.sql and a README', async () => {
    const [id = ''] = IDS
    const read = (name: string) => readFile(join(folder, id, name), 'utf8')
    expect(await read('migrations/0001_init.sql')).toContain('ENABLE ROW LEVEL SECURITY')
    expect(await read('remove.sql')).toContain('DROP TABLE "h5_notes"')
    expect(await read('README.md')).toContain('rapport plugin check ./plugins/h5')
  })

  it('can be packed as an npm package with compiled JavaScript and TypeScript types', async () => {
    const [id = ''] = IDS
    const directory = join(folder, id)
    const tarball = await packPlugin({
      directory,
      core: (await coreParts()).models,
      others: [],
      name: '@acme/rapport-h5',
      destination: folder,
      rapportVersion: '0.1.0',
    })
    const { stdout: files } = await run('tar', ['-tzf', tarball])
    expect(files.trim().split('\n').sort()).toEqual([
      'package/README.md',
      'package/dist/plugin.d.ts',
      'package/dist/plugin.js',
      'package/migrations/0001_init.sql',
      'package/migrations/models.prisma',
      'package/models.d.ts',
      'package/models.prisma',
      'package/package.json',
      'package/remove.sql',
    ])
    const { stdout: manifest } = await run('tar', ['-xzOf', tarball, 'package/package.json'])
    expect(JSON.parse(manifest)).toMatchObject({
      name: '@acme/rapport-h5',
      version: '1.0.0',
      exports: { '.': { types: './dist/plugin.d.ts', default: './dist/plugin.js' } },
      peerDependencies: { rapport: '^0.1.0' },
    })
  })

  it.each([
    ['in a folder that the Vitest configuration does not include', '.', 'cd hello && npx vitest run', './hello'],
    ['in another folder', 'elsewhere', 'cd elsewhere/hello && npx vitest run', './elsewhere/hello'],
    ['in the folder `plugins`', 'plugins', 'npx vitest run plugins/hello', './plugins/hello'],
  ])('%s has tests that run with the command that is printed', async (_, dir, test, displayedFolder) => {
    const other = await makeAuthorFolder()
    try {
      // As in the Rapport repository, whose configuration includes the tests in certain folders only.
      const config = join(other.path, 'vitest.config.ts')
      await writeFile(
        config,
        `import { pluginTestConfig } from 'rapport/plugin/testing/config'

const { test } = pluginTestConfig()
export default { test: { ...test, include: ['plugins/*/test/**/*.test.ts'] } }
`,
      )
      const command = [join(root, 'bin/rapport.js'), 'plugin', 'new', 'hello', '--dir', dir]
      const env = { ...process.env, RAPPORT_CONFIG: join(other.path, 'rapport.config.ts') }
      const { stdout } = await run(process.execPath, command, { cwd: other.path, env })
      const [, printed = ''] = /^ {2}(.+?) {4}test it on a temporary database$/m.exec(stdout) ?? []
      expect(printed.replace(/^\((.*)\)$/, '$1')).toBe(test)
      const ran = await run('sh', ['-c', printed], { cwd: other.path })
      expect(ran.stdout).toMatch(/Tests .*2 passed/)
      const readme = await readFile(join(other.path, dir, 'hello/README.md'), 'utf8')
      expect(readme).not.toContain(other.path)
      expect(readme).toContain(`\`${test}\``)
      expect(readme).toContain(`rapport plugin check ${displayedFolder}`)
    } finally {
      await other.remove()
    }
  })

  it('gets a package.json outside of any folder from which Rapport can be imported', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'rapport-outside-'))
    try {
      const command = [join(root, 'bin/rapport.js'), 'plugin', 'new', 'hello', '--dir', outside]
      const { stdout } = await run(process.execPath, command, { cwd: author.path })
      expect(stdout).toMatch(/\(cd \S+\/hello && npm install && npx vitest run\)/)
      const read = (name: string) => readFile(join(outside, 'hello', name), 'utf8')
      expect(JSON.parse(await read('package.json'))).toMatchObject({
        type: 'module',
        exports: './plugin.ts',
        scripts: { test: 'vitest run' },
        devDependencies: { rapport: `file:${relative(join(outside, 'hello'), root)}` },
      })
      expect(await read('vitest.config.ts')).toContain('pluginTestConfig()')
      expect(await read('README.md')).toContain('`npx vitest run`')
    } finally {
      await rm(outside, { recursive: true, force: true })
    }
  })

  it('is not written with an invalid id, with an id of core or into an existing folder', async () => {
    const make = async (id: string) => newPlugin(id, placeOf(join(folder, id), id), await coreParts())
    await expect(make('Hello')).rejects.toThrow('lower-case letters')
    await expect(make('accounts')).rejects.toThrow('belongs to core')
    await expect(make('h5')).rejects.toThrow('already exists')
  })
})
