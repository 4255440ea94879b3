/// <reference path="./query-compiler.d.ts" />
import * as runtime from '@prisma/client/runtime/client'
import { CLIENT_VERSION } from './client-version.ts'
import type { ModelDescription } from './model-description.ts'

/*
 * Makes the class of Prisma Client at run time, from the schema that core and the installed plugins compose. Prisma's
 * documented way is to generate code and to import it. That takes more than a second, and each plugin that is added would
 * need it again. The generated code only passes a description of the models to `getPrismaClient`; this file does the
 * same. `getPrismaClient` and the parameter graph are not documented: so the versions of these packages are pinned, and
 * test/data/prisma/contract.test.ts compares the description with the code that the pinned version generates.
 */

/** Returns the class of Prisma Client for a composed schema and the description of its models. */
export function clientClass(schema: string, description: ModelDescription): ReturnType<typeof runtime.getPrismaClient> {
  return runtime.getPrismaClient(clientConfig(schema, description))
}

/** Returns what Prisma's generated code passes to `getPrismaClient`. */
export function clientConfig(schema: string, description: ModelDescription): runtime.GetPrismaClientConfig {
  return {
    previewFeatures: ['views'],
    clientVersion: CLIENT_VERSION,
    // Only shown in Prisma's error reports: the compiler of the queries is part of the package.
    engineVersion: '',
    activeProvider: 'postgresql',
    inlineSchema: schema,
    ...description,
    // Of the two builds of the compiler the small one: the fast one takes 20 to 30 MB more, and compiles each query only
    // once, because the client keeps what was compiled.
    compilerWasm: {
      getRuntime: () => import('@prisma/client/runtime/query_compiler_small_bg.postgresql.mjs'),
      async getQueryCompilerWasmModule() {
        const { wasm } = await import('@prisma/client/runtime/query_compiler_small_bg.postgresql.wasm-base64.mjs')
        return new WebAssembly.Module(Buffer.from(wasm, 'base64'))
      },
      importName: './query_compiler_small_bg.js',
    },
  }
}
