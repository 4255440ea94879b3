import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { coreParts } from '../../../src/core.ts'
import { newPlugin } from '../../../src/platform/plugins/authoring/new-plugin.ts'
import { packPlugin } from '../../../src/platform/plugins/authoring/pack-plugin.ts'
import { type AuthorFolder, makeAuthorFolder } from './author-folder.ts'

const root = resolve(import.meta.dirname, '../../..')
const run = promisify(execFile)
// The shortest and the longest id: when the new files are well formatted with both, they are so with every id.
const IDS = ['h5', 'hfiveabcdefghijklmnopqrstuvwxy']

let author: AuthorFolder
let folder: string
beforeAll(async () => {
  author = await makeAuthorFolder()
  folder = join(author.path, 'plugins')
  for (const id of IDS) await newPlugin(id, join(folder, id), `./plugins/${id}`, await coreParts())
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
  }, 60_000)

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

  it('has no absolute path in its README when `--dir` names another folder', async () => {
    const elsewhere = join(author.path, 'elsewhere')
    const command = [join(root, 'bin/rapport.js'), 'plugin', 'new', 'hello', '--dir', 'elsewhere']
    const { stdout } = await run(process.execPath, command, { cwd: author.path })
    expect(stdout).toContain('Wrote elsewhere/hello/plugin.ts')
    const readme = await readFile(join(elsewhere, 'hello/README.md'), 'utf8')
    expect(readme).not.toContain(author.path)
    expect(readme).toContain('`npx vitest run`')
    expect(readme).toContain('rapport plugin check .`')
  })

  it('is not written with an invalid id, with an id of core or into an existing folder', async () => {
    const make = async (id: string) => newPlugin(id, join(folder, id), `./${id}`, await coreParts())
    await expect(make('Hello')).rejects.toThrow('lower-case letters')
    await expect(make('accounts')).rejects.toThrow('belongs to core')
    await expect(make('h5')).rejects.toThrow('already exists')
  })
})
