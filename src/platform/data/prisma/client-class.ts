/// <reference path="./query-compiler.d.ts" />
import * as runtime from '@prisma/client/runtime/client'
import { buildAndSerializeParamGraph } from '@prisma/param-graph-builder'
import schemaWasm from '@prisma/prisma-schema-wasm'

/*
 * Makes the class of Prisma Client at run time, from the schema that core and the installed plugins compose. Prisma's
 * documented way is to generate code and to import it. That takes more than a second, and each plugin that is added would
 * need it again. The generated code only passes a description of the models to `getPrismaClient`; this file does the
 * same. `getPrismaClient` and the parameter graph are not documented: so the versions of these packages are pinned, and
 * test/data/prisma/contract.test.ts compares the description with the code that the pinned version generates.
 */

type ClientConfig = runtime.GetPrismaClientConfig
type Dmmf = Parameters<typeof buildAndSerializeParamGraph>[0]
type ModelMapping = Dmmf['mappings']['modelOperations'][number]

/** What Prisma's compiler of schemas returns. */
interface CompiledDmmf extends Omit<Dmmf, 'mappings'> {
  readonly mappings: Omit<Dmmf['mappings'], 'modelOperations'> & {
    readonly modelOperations: readonly CompiledMapping[]
  }
}

/** Names of a model's functions in queries. */
interface CompiledMapping extends Omit<ModelMapping, 'create' | 'update' | 'upsert' | 'delete'> {
  readonly createOne?: string
  readonly updateOne?: string
  readonly upsertOne?: string
  readonly deleteOne?: string
}

/** Version of `@prisma/client` in package.json. */
export const CLIENT_VERSION = '7.10.0'

/** Returns the class of Prisma Client for a composed schema. Computes for some 300 ms, so callers keep the result. */
export function clientClass(schema: string): ReturnType<typeof runtime.getPrismaClient> {
  return runtime.getPrismaClient(clientConfig(schema))
}

/** Returns the description of the models of a composed schema, as Prisma's generated code contains it. */
export function clientConfig(schema: string): ClientConfig {
  const dmmf = readClientDmmf(schema)
  return {
    previewFeatures: ['views'],
    clientVersion: CLIENT_VERSION,
    // Only shown in Prisma's error reports: the compiler of the queries is part of the package.
    engineVersion: '',
    activeProvider: 'postgresql',
    inlineSchema: schema,
    runtimeDataModel: runtimeModels(dmmf),
    // Without the graph, Prisma plans a query anew for each value of an argument, which takes more than twice the time.
    parameterizationSchema: buildAndSerializeParamGraph(dmmf),
    compilerWasm: {
      getRuntime: () => import('@prisma/client/runtime/query_compiler_fast_bg.postgresql.mjs'),
      async getQueryCompilerWasmModule() {
        const { wasm } = await import('@prisma/client/runtime/query_compiler_fast_bg.postgresql.wasm-base64.mjs')
        return new WebAssembly.Module(Buffer.from(wasm, 'base64'))
      },
      importName: './query_compiler_fast_bg.js',
    },
  }
}

/** Returns the DMMF (data model meta format) of a schema, in the form that the generator of Prisma Client works with. */
function readClientDmmf(schema: string): Dmmf {
  const { mappings, ...rest }: CompiledDmmf = JSON.parse(
    schemaWasm.get_dmmf(JSON.stringify({ prismaSchema: [['composed.prisma', schema]], noColor: true })),
  )
  const modelOperations = mappings.modelOperations.map(
    // Without the new names, the parameter graph lacks the functions that write one record.
    ({ createOne = null, updateOne = null, upsertOne = null, deleteOne = null, ...others }): ModelMapping => ({
      ...others,
      create: createOne,
      update: updateOne,
      upsert: upsertOne,
      delete: deleteOne,
    }),
  )
  return { ...rest, mappings: { ...mappings, modelOperations } }
}

/** Returns what the client needs of the models at run time: of each field these properties, and of each enum nothing. */
function runtimeModels({ datamodel }: Dmmf): ClientConfig['runtimeDataModel'] {
  const { models } = runtime.dmmfToRuntimeDataModel(datamodel)
  const needed = Object.entries(models).map(([model, { fields, dbName, schema }]) => [
    model,
    {
      fields: fields.map(({ name, kind, type, relationName, dbName }) => ({ name, kind, type, relationName, dbName })),
      dbName,
      schema,
    },
  ])
  // Through JSON, as in the generated code: a property without a value is absent.
  return JSON.parse(JSON.stringify({ models: Object.fromEntries(needed), enums: {}, types: {} }))
}
