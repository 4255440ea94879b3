import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../../..')

/** Packages, each with the only folder whose files may name it. */
const FOLDERS = {
  '@prisma/client': 'src/platform/data/prisma/',
  '@prisma/adapter-pg': 'src/platform/data/prisma/',
  '@prisma/param-graph-builder': 'src/platform/data/prisma/',
  prisma: 'src/platform/data/prisma/',
  '@pothos/plugin-prisma': 'src/platform/graphql/',
} as const

/** Returns the packages whose modules the code of a file names. */
function packagesIn(code: string): string[] {
  const isNamed = (name: string) =>
    name === 'prisma'
      ? // `prisma` alone is also the name of a property and of a folder.
        /(?:from |import |import\(|require\(|resolve\()'prisma(?:\/[^']*)?'/.test(code)
      : code.includes(`'${name}'`) || code.includes(`'${name}/`)
  return Object.keys(FOLDERS).filter(isNamed)
}

it('each package of Prisma is named in the folder only that isolates the rest of the code from it', async () => {
  const named: string[] = []
  for await (const file of glob('{src,bin,scripts,bench,plugins,examples}/**/*.{ts,js}', {
    cwd: ROOT,
    exclude: ['**/node_modules/**'],
  }))
    for (const name of packagesIn(await readFile(join(ROOT, file), 'utf8'))) named.push(`${name} in ${file}`)
  const isAllowed = (entry: string) =>
    Object.entries(FOLDERS).some(([name, folder]) => entry.startsWith(`${name} in ${folder}`))
  expect(named.filter((entry) => !isAllowed(entry))).toEqual([])
  // The search finds what it looks for.
  for (const name of ['@prisma/client', '@prisma/adapter-pg', '@prisma/param-graph-builder', 'prisma'])
    expect(named.some((entry) => entry.startsWith(`${name} in `))).toBe(true)
})
