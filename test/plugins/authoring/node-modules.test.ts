import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { coreParts } from '../../../src/core.ts'
import { packPlugin } from '../../../src/platform/plugins/authoring/pack-plugin.ts'
import { type AuthorFolder, makeAuthorFolder } from '../lifecycle/author-folder.ts'
import { check } from '../lifecycle/checks.ts'

const BIOME = join(import.meta.dirname, '../../../node_modules/.bin/biome')
const CHECK = 'imports only what is allowed'
const ALLOWED = [
  'node:assert',
  'node:buffer',
  'node:crypto',
  'node:events',
  'node:path',
  'node:querystring',
  'node:stream',
  'node:string_decoder',
  'node:timers/promises',
  'node:url',
  'node:util',
  'node:zlib',
]
const names = builtinModules.map((name) => (name.startsWith('node:') ? name : `node:${name}`))
const REFUSED = names.filter((name) => !ALLOWED.includes(name))

let author: AuthorFolder
beforeAll(async () => {
  author = await makeAuthorFolder()
})
afterAll(() => author.remove())

/** Writes a plugin with some text at its beginning, and another file beside it. Returns its folder. */
async function write(id: string, first: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const directory = join(author.path, 'plugins', id)
  await mkdir(directory, { recursive: true })
  const plugin = `import { definePlugin } from 'rapport/plugin'
${first}
export default definePlugin({ id: '${id}', description: 'Imports.', version: '1.0.0', api: '^1.0.0' })\n`
  for (const [name, text] of Object.entries({ 'plugin.ts': plugin, ...files }))
    await writeFile(join(directory, name), text)
  return directory
}

/** A file that imports modules, each on a line of its own. */
const importing = (modules: readonly string[]) =>
  modules.map((name, index) => `import * as m${index} from '${name}'\nvoid m${index}\n`).join('')

const problemsOf = async (directory: string) => (await check(directory, CHECK)).get(CHECK)?.problems ?? []

describe('of the modules of Node, `rapport plugin check` and the linter', () => {
  it('both allow those that reach nothing outside of the plugin, and both refuse all others', async () => {
    const directory = await write('imports', '', { 'all.ts': importing([...ALLOWED, ...REFUSED]) })
    const problems = await problemsOf(directory)
    const refused = problems.map((problem) => /^all\.ts imports (\S+), which reaches outside/.exec(problem)?.[1])
    expect(refused.toSorted()).toEqual(REFUSED.toSorted())

    const options = ['lint', '--only=style/noRestrictedImports', '--reporter=json', '--max-diagnostics=none', directory]
    const { stdout } = await promisify(execFile)(BIOME, options, { cwd: author.path }).catch((error) => error)
    const { diagnostics } = JSON.parse(String(stdout))
    const lines = new Set(
      diagnostics.map((each: { location: { start: { line: number } } }) => each.location.start.line),
    )
    expect([...lines]).toHaveLength(REFUSED.length)
    for (const index of ALLOWED.keys()) expect(lines).not.toContain(2 * index + 1)
  })
})

describe('`rapport plugin check` refuses', () => {
  it('a module of Node without node:, and says what to write', async () => {
    const problems = await problemsOf(await write('bare', '', { 'bare.ts': importing(['crypto']) }))
    expect(problems).toEqual(['bare.ts imports crypto, which is a module of Node: write node:crypto.'])
  })

  it('a module of Node although package.json lists a package with its name', async () => {
    const manifest = JSON.stringify({ name: 'sly', type: 'module', dependencies: { fs: '*' } })
    const problems = await problemsOf(await write('sly', '', { 'sly.ts': importing(['fs']), 'package.json': manifest }))
    expect(problems).toEqual([expect.stringMatching(/^sly\.ts imports fs, which reaches outside of the plugin/)])
  })

  it('a module of Node that process.getBuiltinModule loads', async () => {
    const problems = await problemsOf(
      await write('hidden', '', { 'hidden.ts': "process.getBuiltinModule('node:fs')\n" }),
    )
    expect(problems).toEqual([expect.stringMatching(/^hidden\.ts imports node:fs, which reaches outside/)])
  })
})

it('a plugin that imports an allowed module of Node can be packed', async () => {
  const directory = await write(
    'hashing',
    "import { createHash } from 'node:crypto'\nexport const hash = (text: string) => createHash('sha256').update(text).digest('hex')",
  )
  expect(await problemsOf(directory)).toEqual([])
  const tarball = await packPlugin({
    directory,
    core: (await coreParts()).models,
    others: [],
    destination: author.path,
    rapportVersion: '0.1.0',
  })
  const { stdout } = await promisify(execFile)('tar', ['-xzOf', tarball, 'package/dist/plugin.js'])
  expect(stdout).toContain("from 'node:crypto'")
}, 60_000)
