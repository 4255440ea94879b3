import { execFile } from 'node:child_process'
import { chmod, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { writeWhenChanged } from '../write-when-changed.ts'

const run = promisify(execFile)

/** Package that the generated types import. */
export const CLIENT_PACKAGE = '@prisma/client'

/**
 * Writes types for a composed schema to a directory: of Prisma Client to `client.ts`, and of the models for Pothos, the
 * library that builds the GraphQL schema, to `pothos.d.ts`. Only types are imported from these files: at run time the
 * client is made from the models of the installed plugins. Files that have not changed are not written, so that programs
 * that watch them do not restart.
 * @throws Error with the output of `prisma generate` when it fails.
 */
export async function generatePrismaTypes(schema: string, directory: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'rapport-prisma-'))
  try {
    const output = join(work, 'client')
    const pothosTypes = join(work, POTHOS_TYPES)
    const schemaFile = join(work, 'schema.prisma')
    await writeFile(schemaFile, withGenerators(schema, output, pothosTypes))
    await runPrismaGenerate(schemaFile, work)
    await cp(pothosTypes, join(output, POTHOS_TYPES))
    await replaceDirectory(output, directory)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

const POTHOS_TYPES = 'pothos.d.ts'

/** Returns the schema with the options of its generator, for code that Node reads without a build step, and of Pothos'. */
function withGenerators(schema: string, output: string, pothosTypes: string): string {
  const client = { output, importFileExtension: 'ts', moduleFormat: 'esm', runtime: 'nodejs', compilerBuild: 'small' }
  const pothos = {
    provider: `${JSON.stringify(process.execPath)} ${JSON.stringify(packageFile('@pothos/plugin-prisma', 'bin/generator.js'))}`,
    output: pothosTypes,
    clientOutput: './client.ts',
    generateDatamodel: 'false',
    documentation: 'false',
  }
  const lines = (options: object) =>
    Object.entries(options).map(([name, value]) => `  ${name} = ${JSON.stringify(value)}\n`)
  const generator = `generator pothos {\n${lines(pothos).join('')}}\n\n`
  return schema.replace(/^(generator client \{\n)/m, (start) => generator + start + lines(client).join(''))
}

function packageFile(name: string, path: string): string {
  const manifest = findPackageJSON(name, import.meta.url)
  if (manifest === undefined) throw new Error(`The package ${name} is not installed. Run: npm install`)
  return join(dirname(manifest), path)
}

async function runPrismaGenerate(schemaFile: string, work: string): Promise<void> {
  // `prisma generate` downloads the schema engine before it starts, although it does not run it. A file that exists in
  // its place keeps it from the download.
  const engine = join(work, 'engine')
  await writeFile(engine, '#!/bin/sh\nexit 0\n')
  await chmod(engine, 0o755)
  try {
    await run(
      process.execPath,
      [packageFile('prisma', 'build/index.js'), 'generate', '--schema', schemaFile, '--no-hints'],
      {
        cwd: work,
        env: { PRISMA_SCHEMA_ENGINE_BINARY: engine, CHECKPOINT_DISABLE: '1' },
      },
    )
  } catch (error) {
    throw new Error(`prisma generate failed: ${Reflect.get(Object(error), 'stderr') || String(error)}`)
  }
}

/** Makes a directory equal to another one, and leaves the files alone that are equal already. */
async function replaceDirectory(from: string, to: string): Promise<void> {
  const paths = await filesIn(from)
  for (const path of paths) await writeWhenChanged(join(to, path), await readFile(join(from, path), 'utf8'))
  const kept = new Set(paths)
  for (const path of await filesIn(to)) if (!kept.has(path)) await rm(join(to, path))
}

async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
}
