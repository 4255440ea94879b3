import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'

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

it('the documentation has no broken links', async () => {
  const broken: string[] = []
  for (const page of await pages()) {
    const text = await readFile(join(root, page), 'utf8')
    for (const [, target = ''] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g))
      if (!/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(page), target))) broken.push(`${page}: ${target}`)
  }
  expect(broken).toEqual([])
})
