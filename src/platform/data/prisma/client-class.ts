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

/** Version of `@prisma/client` in package.json. */
export const CLIENT_VERSION = '7.10.0'

/** Returns the class of Prisma Client for a composed schema. Takes some 100 ms, so callers keep the result. */
export function clientClass(schema: string): ReturnType<typeof runtime.getPrismaClient> {
  return runtime.getPrismaClient(clientConfig(schema))
}

/** Returns the description of the models of a composed schema, as Prisma's generated code contains it. */
export function clientConfig(schema: string): ClientConfig {
  const dmmf: Dmmf = JSON.parse(
    schemaWasm.get_dmmf(JSON.stringify({ prismaSchema: [['composed.prisma', schema]], noColor: true })),
  )
  return {
    previewFeatures: ['views'],
    clientVersion: CLIENT_VERSION,
    // Only shown in Prisma's error reports: the compiler of the queries is part of the package.
    engineVersion: '',
    activeProvider: 'postgresql',
    inlineSchema: schema,
    runtimeDataModel: runtime.dmmfToRuntimeDataModel(dmmf.datamodel),
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
