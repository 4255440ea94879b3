import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
} from '@prisma/driver-adapter-utils'

/**
 * The SQL that turns a database of one Prisma schema into one of another; null stands for an empty database.
 * Prisma's schema engine as WebAssembly works it out from the two texts: no database is read.
 * @throws the engine's error when a schema is not valid.
 */
export async function schemaDiff(from: string | null, to: string): Promise<string> {
  engineModule ??= loadEngine()
  const { SchemaEngine } = await engineModule
  const engine = await SchemaEngine.new(
    { datamodels: [['to.prisma', to]] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory({
      ...dialect,
      connect: async () => connection,
      connectToShadowDb: async () => connection,
    }),
  )
  const { stdout } = await engine.diff({
    from:
      from === null ? { tag: 'empty' } : { tag: 'schemaDatamodel', files: [{ path: 'from.prisma', content: from }] },
    to: { tag: 'schemaDatamodel', files: [{ path: 'to.prisma', content: to }] },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  })
  return stdout ?? ''
}

let engineModule: ReturnType<typeof loadEngine> | undefined

/** By hand and only when it is needed: 5 MB, and Node warns of a package that imports WebAssembly by itself. */
async function loadEngine() {
  const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg')
  const folder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg'))
  const wasm = join(folder, 'schema_engine_bg.wasm')
  const { instance } = await WebAssembly.instantiate(await readFile(wasm), { './schema_engine_bg.js': { ...bindings } })
  bindings.__wbg_set_wasm(instance.exports)
  const begin: unknown = instance.exports['__wbindgen_start']
  if (typeof begin === 'function') begin()
  return bindings
}

const dialect = { provider: 'postgres', adapterName: 'schema-diff' } as const

/** The engine wants a database to learn its version from; this is PostgreSQL 15, the oldest that is supported. */
const connection: SqlDriverAdapter = {
  ...dialect,
  queryRaw: async () => ({
    columnNames: ['exists', 'version', 'numeric_version'],
    columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
    rows: [[true, 'PostgreSQL 15.0', 150_000]],
  }),
  executeRaw: refuse,
  executeScript: refuse,
  startTransaction: refuse,
  dispose: async () => undefined,
}

async function refuse(): Promise<never> {
  throw new Error('The difference between two schemas is worked out without a database.')
}
