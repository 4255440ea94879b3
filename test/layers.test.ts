import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const run = promisify(execFile)

/** Imports that point up, each for a file of a lower layer. */
const UPWARDS: Readonly<Record<string, string>> = {
  'data/value.ts': `import { a } from '../writes/a.ts'\nexport const b = a`,
  'declare/type.ts': `import type { A } from '../registry/a.ts'\nexport type B = A`,
  'formats/export.ts': `export { a } from '../data/a.ts'`,
  'reads/fields/deep.ts': `import { a } from '../../graphql/inputs/a.ts'\nexport const b = a`,
  'log/import-type.ts': `export type B = import('../permissions/a.ts').A`,
  'plugins/host/dynamic.ts': `export const a = await import('../../jobs/a.ts')`,
  'beside.ts': `import type { A } from './data/a.ts'\nexport type B = A`,
}

/** Imports that point down, sideways or to a package. */
const ALLOWED: Readonly<Record<string, string>> = {
  'writes/down.ts': `import { a } from '../data/a.ts'\nexport const b = a`,
  'reads/fields/sideways.ts': `import { a } from '../order/a.ts'\nexport const b = a`,
  'formats/package.ts': `import { GraphQLError } from 'graphql/error/index.js'\nexport const b = GraphQLError`,
}

let folder: string
let report: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rapport-layers-'))
  for (const name of ['biome.json', 'layers.grit']) await cp(join(root, name), join(folder, name))
  for (const [file, text] of Object.entries({ ...UPWARDS, ...ALLOWED })) {
    const path = join(folder, 'src/platform', file)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, `${text}\n`)
  }
  const biome = join(root, 'node_modules/.bin/biome')
  report = await run(biome, ['lint', '--max-diagnostics=none', '.'], { cwd: folder }).then(
    ({ stdout, stderr }) => stdout + stderr,
    ({ stdout, stderr }) => String(stdout) + String(stderr),
  )
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** Files in which the linter found an import that points up. */
const refused = () => new Set([...report.matchAll(/src\/platform\/(\S+?):\d+:\d+ plugin/g)].map(([, file]) => file))

describe('the layers of the platform', () => {
  it('are all named in layers.grit', async () => {
    const folders = await readdir(join(root, 'src/platform'), { withFileTypes: true })
    const text = await readFile(join(root, 'layers.grit'), 'utf8')
    for (const { name } of folders.filter((entry) => entry.isDirectory()))
      expect(text).toMatch(new RegExp(`\\b${name}\\b`))
  })

  it.each(Object.keys(UPWARDS))('refuse an import of a higher layer: %s', (file) => {
    expect(refused()).toContain(file)
  })

  it.each(Object.keys(ALLOWED))('accept an import of a lower layer, of the same layer or of a package: %s', (file) => {
    expect(refused()).not.toContain(file)
  })

  it('are checked by Biome without an error in layers.grit', () => {
    expect(report).not.toContain('errored')
  })
})
