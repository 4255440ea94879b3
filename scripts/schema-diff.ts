import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
} from '@prisma/driver-adapter-utils'
import { SchemaEngine } from '@prisma/schema-engine-wasm'

/**
 * The SQL that turns a database of one Prisma schema into one of another; null stands for an empty database.
 * Prisma's schema engine as WebAssembly works it out from the two texts: no database is read.
 * @throws the engine's error when a schema is not valid.
 */
export async function schemaDiff(from: string | null, to: string): Promise<string> {
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
