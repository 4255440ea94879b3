import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../../..')

const CLIENT = 'src/platform/data/prisma/'

/** Packages, each with the only folders and files that may name it. */
const FOLDERS = {
  // The types of the records that plugins write accept its Decimal.
  '@prisma/client': ['src/platform/declare/record-types.ts', CLIENT],
  '@prisma/adapter-pg': [CLIENT],
  '@prisma/param-graph-builder': [CLIENT],
  prisma: [CLIENT],
  // The builder, the types of the builder that plugins get, and the generator of the types of its models.
  '@pothos/plugin-prisma': [
    'src/platform/graphql/',
    'src/platform/declare/schema-builder.ts',
    'src/platform/declare/loadable-fields.ts',
    CLIENT,
  ],
} as const

/** Returns the packages whose modules the code of a file names. */
function packagesIn(code: string): string[] {
  const isNamed = (name: string) =>
    name === 'prisma'
      ? // `prisma` alone is also the name of a property and of a folder.
        /(?:from |import |import\(|require\(|resolve\(|packageFile\()'prisma(?:\/[^']*)?'/.test(code)
      : code.includes(`'${name}'`) || code.includes(`'${name}/`)
  return Object.keys(FOLDERS).filter(isNamed)
}

it('each package of Prisma is named only in the folders that isolate the rest of the code from it', async () => {
  const named: string[] = []
  for await (const file of glob('{src,bin,scripts,bench,plugins,examples}/**/*.{ts,js}', {
    cwd: ROOT,
    exclude: ['**/node_modules/**'],
  }))
    for (const name of packagesIn(await readFile(join(ROOT, file), 'utf8'))) named.push(`${name} in ${file}`)
  const isAllowed = (entry: string) =>
    Object.entries(FOLDERS).some(([name, folders]) =>
      folders.some((folder) => entry.startsWith(`${name} in ${folder}`)),
    )
  expect(named.filter((entry) => !isAllowed(entry))).toEqual([])
  // The search finds what it looks for.
  for (const name of ['@prisma/client', '@prisma/adapter-pg', '@prisma/param-graph-builder', 'prisma'])
    expect(named.some((entry) => entry.startsWith(`${name} in `))).toBe(true)
})
