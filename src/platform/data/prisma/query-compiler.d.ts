// The two modules of Prisma's runtime that Prisma's generated code loads. The package has no types for them.

declare module '@prisma/client/runtime/query_compiler_small_bg.postgresql.mjs' {
  import type { GetPrismaClientConfig } from '@prisma/client/runtime/client'

  type Runtime = Awaited<ReturnType<NonNullable<GetPrismaClientConfig['compilerWasm']>['getRuntime']>>
  export const __wbg_set_wasm: Runtime['__wbg_set_wasm']
  export const QueryCompiler: Runtime['QueryCompiler']
}

declare module '@prisma/client/runtime/query_compiler_small_bg.postgresql.wasm-base64.mjs' {
  /** WebAssembly of the query compiler, in base64. */
  export const wasm: string
}
