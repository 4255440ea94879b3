import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Writes the types of Prisma Client for a composed schema to a directory, whose main file is `client.ts`. Only types are
 * imported from it: at run time the client is made from the models of the installed plugins. Files that have not changed
 * are not written, so that programs that watch them do not restart.
 * @throws Error with the output of `prisma generate` when it fails.
 */
export async function generatePrismaTypes(schema: string, directory: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'rapport-prisma-'))
  try {
    const output = join(work, 'client')
    const schemaFile = join(work, 'schema.prisma')
    await writeFile(schemaFile, withGeneratorOptions(schema, output))
    await runPrismaGenerate(schemaFile, work)
    await replaceDirectory(output, directory)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Options of the generator, for code that Node and TypeScript read without a build step. */
function withGeneratorOptions(schema: string, output: string): string {
  const options = { output, importFileExtension: 'ts', moduleFormat: 'esm', runtime: 'nodejs' }
  const lines = Object.entries(options).map(([name, value]) => `  ${name} = ${JSON.stringify(value)}\n`)
  return schema.replace(/^(generator client \{\n)/m, (start) => start + lines.join(''))
}

async function runPrismaGenerate(schemaFile: string, work: string): Promise<void> {
  const command = join(dirname(createRequire(import.meta.url).resolve('prisma/package.json')), 'build/index.js')
  // `prisma generate` downloads the schema engine before it starts, although it does not run it. A file that exists in
  // its place keeps it from the download.
  const engine = join(work, 'engine')
  await writeFile(engine, '#!/bin/sh\nexit 0\n')
  await chmod(engine, 0o755)
  try {
    await run(process.execPath, [command, 'generate', '--schema', schemaFile, '--no-hints'], {
      cwd: work,
      env: { PRISMA_SCHEMA_ENGINE_BINARY: engine, CHECKPOINT_DISABLE: '1' },
    })
  } catch (error) {
    throw new Error(`prisma generate failed: ${Reflect.get(Object(error), 'stderr') || String(error)}`)
  }
}

/** Makes a directory equal to another one, and leaves the files alone that are equal already. */
async function replaceDirectory(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  const paths = await filesIn(from)
  for (const path of paths) {
    const text = await readFile(join(from, path), 'utf8')
    const current = await readFile(join(to, path), 'utf8').catch(() => null)
    if (current === text) continue
    await mkdir(dirname(join(to, path)), { recursive: true })
    await cp(join(from, path), join(to, path))
  }
  const kept = new Set(paths)
  for (const path of await filesIn(to)) if (!kept.has(path)) await rm(join(to, path))
}

async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
}
