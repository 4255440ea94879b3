import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Keeps the descriptions of composed schemas in files, because a description of core alone takes Prisma's compiler of
 * schemas two seconds and 700 MB. The folder is beside the code: whoever can write there decides anyway what runs.
 * Nothing depends on it: what can't be read is computed, and what can't be written is computed again by the next start.
 */
const FOLDER = join(import.meta.dirname, '../../../../node_modules/.cache/rapport/models')

/** Descriptions that are kept, those used last. One of core and three plugins has 1.7 MB. */
const MAX_FILES = 32

/**
 * Returns the description of a schema from its file. When there is none, or `parse` throws for it, returns what `compute`
 * returns, and writes that.
 * @param version Version of the code that computes, which is part of the key.
 * @throws What `compute` throws, or `parse` for what it returned.
 */
export async function cachedDescription<Description>(
  schema: string,
  version: string,
  parse: (json: string) => Description,
  compute: () => Promise<string>,
): Promise<Description> {
  const path = join(FOLDER, `${createHash('sha256').update(`${version}\n${schema}`).digest('hex')}.json`)
  const kept = await readFile(path, 'utf8').then(parse, () => null)
  if (kept !== null) {
    const now = new Date()
    await utimes(path, now, now).catch(() => undefined)
    return kept
  }
  const json = await compute()
  const description = parse(json)
  await keep(path, json).catch(() => undefined)
  return description
}

/** Writes a file at once, so that no other process reads a part of it, and deletes those that were used longest ago. */
async function keep(path: string, json: string): Promise<void> {
  await mkdir(FOLDER, { recursive: true })
  const unfinished = `${path}.${randomUUID()}`
  try {
    await writeFile(unfinished, json)
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
  const files = await Promise.all(
    (await readdir(FOLDER)).map(async (name) => {
      const file = join(FOLDER, name)
      return { file, usedAt: (await stat(file)).mtimeMs }
    }),
  )
  const old = files.sort((a, b) => b.usedAt - a.usedAt).slice(MAX_FILES)
  await Promise.all(old.map(({ file }) => rm(file, { force: true })))
}
