import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeModels, readModelFiles } from '../../../src/platform/data/models/compose-models.ts'
import { clientConfig } from '../../../src/platform/data/prisma/client-class.ts'
import { CLIENT_VERSION } from '../../../src/platform/data/prisma/client-version.ts'
import { generatePrismaTypes } from '../../../src/platform/data/prisma/generate-types.ts'
import { describeHere, describeSchema } from '../../../src/platform/data/prisma/model-description.ts'
import { readPluginModels } from '../../../src/platform/plugins/authoring/plugin-model-types.ts'
import { at, textAt } from '../../../src/testing/answers.ts'

const ROOT = join(import.meta.dirname, '../../..')

/** Code that `prisma generate` writes, with which `clientConfig` has to agree. */
let generated: string
/** What Rapport describes for the same schema, without functions. */
let described: ReturnType<typeof clientConfig>
let schema: string
let folder: string

beforeAll(async () => {
  const core = await readModelFiles('core', join(ROOT, 'prisma/models'))
  const plugins = [
    ...(await readPluginModels(join(ROOT, 'plugins'))),
    ...(await readPluginModels(join(ROOT, 'examples'))),
  ]
  schema = composeModels([core, ...plugins.map(({ source }) => source)])
  folder = await mkdtemp(join(tmpdir(), 'rapport-contract-'))
  await generatePrismaTypes(schema, folder)
  generated = await readFile(join(folder, 'internal/class.ts'), 'utf8')
  described = clientConfig(schema, await describeSchema(schema))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The group of the expression in the generated code, which has to contain it once. */
function inGenerated(expression: RegExp): string {
  const [match, ...others] = generated.matchAll(new RegExp(expression, 'g'))
  if (match?.[1] === undefined || others.length > 0)
    throw new Error(`The generated code has ${match ? 'several parts' : 'no part'} that match ${expression}.`)
  return match[1]
}

/** The value of a text of JSON that the generated code passes to JSON.parse. */
function parsedInGenerated(before: RegExp): unknown {
  return JSON.parse(
    String(JSON.parse(inGenerated(new RegExp(`${before.source}JSON\\.parse\\(("(?:[^"\\\\]|\\\\.)*")\\)`)))),
  )
}

const manifest = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(findPackageJSON(name, import.meta.url) ?? '', 'utf8'))

describe('the description of the models that Prisma Client is made from', () => {
  it('has the settings that `prisma generate` writes', () => {
    const settings: unknown = JSON.parse(
      inGenerated(/const config: runtime\.GetPrismaClientConfig = (\{\n[\s\S]*?\n\})\n/),
    )
    const { previewFeatures, clientVersion, activeProvider } = described
    expect({ previewFeatures, clientVersion, activeProvider }).toEqual({
      previewFeatures: at(settings, 'previewFeatures'),
      clientVersion: textAt(settings, 'clientVersion'),
      activeProvider: textAt(settings, 'activeProvider'),
    })
    expect(Object.keys(Object(settings)).toSorted()).toEqual(
      Object.keys(described)
        .filter((name) => name !== 'compilerWasm')
        .toSorted(),
    )
  })

  it('has the models, enums and types that `prisma generate` writes', () => {
    const models = parsedInGenerated(/config\.runtimeDataModel = /)
    expect(Object.keys(Object(at(models, 'models'))).length).toBeGreaterThan(60)
    expect(described.runtimeDataModel).toStrictEqual(models)
  })

  it('has the parameter graph that `prisma generate` writes', () => {
    expect(described.parameterizationSchema).toEqual({
      strings: parsedInGenerated(/strings: /),
      graph: inGenerated(/\n {2}graph: "([^"]+)"/),
    })
  })

  it('is the same whether it is computed in this process or in another one', () => {
    expect(described).toMatchObject(describeHere(schema))
  })

  it('loads the query compiler that the generated code loads', async () => {
    const importName = inGenerated(/importName: "([^"]+)"/)
    expect(described.compilerWasm?.importName).toBe(importName)
    const runtime: unknown = await import(inGenerated(/getRuntime: async \(\) => await import\("([^"]+)"\)/))
    expect(await described.compilerWasm?.getRuntime()).toBe(runtime)
    const { wasm }: { wasm: string } = await import(inGenerated(/const \{ wasm \} = await import\("([^"]+)"\)/))
    const compiler = new WebAssembly.Module(Buffer.from(wasm, 'base64'))
    const loaded = await described.compilerWasm?.getQueryCompilerWasmModule()
    expect(loaded).toBeInstanceOf(WebAssembly.Module)
    expect(loaded && WebAssembly.Module.exports(Object(loaded))).toEqual(WebAssembly.Module.exports(compiler))
  })
})

describe('the packages of Prisma', () => {
  const PACKAGES = [
    '@pothos/plugin-prisma',
    '@prisma/adapter-pg',
    '@prisma/client',
    '@prisma/driver-adapter-utils',
    '@prisma/param-graph-builder',
    '@prisma/prisma-schema-wasm',
    '@prisma/schema-engine-wasm',
    'prisma',
  ]

  it('are pinned to the versions that are installed', async () => {
    const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
      await readFile(join(ROOT, 'package.json'), 'utf8'),
    )
    const named = Object.keys(dependencies).filter((name) => /prisma/.test(name) && name !== '@mrleebo/prisma-ast')
    expect(named.toSorted()).toEqual(PACKAGES)
    for (const name of named)
      expect([name, dependencies[name]]).toEqual([name, textAt(await manifest(name), 'version')])
  })

  it('whose parts have to fit together have the version of Prisma Client', async () => {
    for (const name of ['@prisma/client', '@prisma/param-graph-builder', 'prisma'])
      expect([name, textAt(await manifest(name), 'version')]).toEqual([name, CLIENT_VERSION])
    for (const name of ['@prisma/prisma-schema-wasm', '@prisma/schema-engine-wasm'])
      expect(textAt(await manifest(name), 'version')).toMatch(new RegExp(`^${CLIENT_VERSION.replaceAll('.', '\\.')}-`))
  })
})
