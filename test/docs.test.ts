import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { FILTER_OPERATORS } from '../src/platform/reads/filter/operators.ts'
import { TO_MANY_OPERATORS, TO_ONE_OPERATORS } from '../src/platform/reads/filter/relation-operators.ts'
import * as plugin from '../src/plugin.ts'

const root = join(import.meta.dirname, '..')

async function pages(): Promise<string[]> {
  const names = await readdir(join(root, 'docs'), { recursive: true })
  return ['README.md', ...names.filter((name) => name.endsWith('.md')).map((name) => join('docs', name))]
}

/** The text with single spaces, because formatting changes white space. */
function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

it('the documentation shows code of the examples unchanged', async () => {
  const shown: string[] = []
  for (const page of await pages()) {
    const text = await readFile(join(root, page), 'utf8')
    for (const [, path = '', code = ''] of text.matchAll(/^```\w+\n\/\/ (examples\/\S+)\n([\s\S]*?)^```/gm)) {
      const source = plain(await readFile(join(root, path), 'utf8'))
      for (const part of code.split(/\n\n(?=\S)/)) expect(source, `${page}, from ${path}`).toContain(plain(part))
      shown.push(path)
    }
  }
  expect(shown.length).toBeGreaterThan(20)
})

it('the reference lists exactly what `rapport/plugin` exports', async () => {
  const source = await readFile(join(root, 'src/plugin.ts'), 'utf8')
  const statements = [...source.matchAll(/^export (?:type )?\{([^}]*)\}/gm)]
  // The file exports in no other form, so that the pattern finds everything.
  expect(statements).toHaveLength(source.match(/^export\b/gm)?.length ?? 0)
  const exported = statements.flatMap(([, names = '']) =>
    names.split(',').flatMap((name) => name.trim().replace(/^type /, '') || []),
  )
  expect(exported).toEqual(expect.arrayContaining(Object.keys(plugin)))
  const page = await readFile(join(root, 'docs/plugins/reference/exports.md'), 'utf8')
  const listed = [...page.matchAll(/^\| `(\w+)` \| \S.* \|$/gm)].map(([, name = '']) => name)
  expect(listed.toSorted()).toEqual(exported.toSorted())
})

it('the documentation has no broken links', async () => {
  const broken: string[] = []
  for (const page of await pages()) {
    const text = await readFile(join(root, page), 'utf8')
    for (const [, target = ''] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g))
      if (!/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(page), target))) broken.push(`${page}: ${target}`)
  }
  expect(broken).toEqual([])
})

it('the front-end guide lists every filter operator', async () => {
  const guide = await readFile(join(root, 'docs/front-end/README.md'), 'utf8')
  const listed: readonly string[] = /^- `filter`: ([\s\S]*?)\n- /m.exec(guide)?.[1]?.match(/\w+/g) ?? []
  const operators = [FILTER_OPERATORS, TO_ONE_OPERATORS, TO_MANY_OPERATORS].flatMap((each) => Object.keys(each))
  expect(operators.filter((name) => !listed.includes(name))).toEqual([])
})

it('the architecture page names only files that exist', async () => {
  const text = await readFile(join(root, 'docs/architecture.md'), 'utf8')
  const bases = ['', 'src', 'src/platform', 'src/server', 'src/platform/writes']
  const names = [...text.matchAll(/(?<![\w/.-])((?:[\w-]+\/)*[\w-]+\.(?:ts|grit|graphql))\b/g)].map(
    ([, name = '']) => name,
  )
  expect(names.length).toBeGreaterThan(60)
  expect(names.filter((name) => !bases.some((base) => existsSync(join(root, base, name))))).toEqual([])
})
