import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
} from '@prisma/driver-adapter-utils'

/**
 * Returns the SQL that migrates a database from one Prisma schema to another. Prisma's schema engine, compiled to
 * WebAssembly, computes it from the two texts, without a database.
 * @param from text of the schema that the database has; null for an empty database
 * @param to text of the schema that it should have
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

/**
 * Loads the engine's WebAssembly module. Called on first use only, because the module has 5 MB. Does not import the
 * package's own entry: Node prints a warning for the way in which it imports the module.
 */
async function loadEngine() {
  const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg')
  const folder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg'))
  const wasm = join(folder, 'schema_engine_bg.wasm')
  const { instance } = await WebAssembly.instantiate(await readFile(wasm), { './schema_engine_bg.js': { ...bindings } })
  bindings.__wbg_set_wasm(instance.exports)
  const start: unknown = instance.exports['__wbindgen_start']
  if (typeof start === 'function') start()
  return bindings
}

const dialect = { provider: 'postgres', adapterName: 'schema-diff' } as const

/**
 * A connection that replaces a database: the engine asks it only for the version of PostgreSQL. The answer is 15, the
 * oldest version that Rapport supports.
 */
const connection: SqlDriverAdapter = {
  ...dialect,
  queryRaw: async () => ({
    columnNames: ['exists', 'version', 'numeric_version'],
    columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
    rows: [[true, 'PostgreSQL 15.0', 150_000]],
  }),
  executeRaw: refuseStatement,
  executeScript: refuseStatement,
  startTransaction: refuseStatement,
  dispose: async () => undefined,
}

async function refuseStatement(): Promise<never> {
  throw new Error('The difference between two schemas is computed without a database.')
}
