import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeModels, readModelFiles } from '../../src/platform/data/models/compose-models.ts'
import { type ColumnType, type Models, readModels } from '../../src/platform/data/models/models.ts'
import { createTwoWorkspaces, type TwoWorkspaces } from './two-workspaces.ts'

const prisma = join(import.meta.dirname, '../../prisma')

let models: Models
let data: TwoWorkspaces

beforeAll(async () => {
  models = readModels([await readModelFiles('core', join(prisma, 'models'))])
  data = await createTwoWorkspaces()
})

afterAll(() => data.drop())

describe('the database that the migrations create', () => {
  it('is up to date with the model files, according to the snapshot beside the migrations', async () => {
    const snapshot = await readFile(join(prisma, 'migrations/schema.prisma'), 'utf8')

    // When this fails, a migration is missing: node scripts/author-migration.ts <name>
    expect(composeModels([await readModelFiles('core', join(prisma, 'models'))])).toBe(snapshot)
  })

  it('has exactly the columns of the models, with the declared types and NOT NULL', async () => {
    const { rows } = await data.owner.query<{ place: string; type: string; isNullable: boolean; isView: boolean }>(`
      select c.relname || '.' || a.attname as place, format_type(a.atttypid, null) as type,
        not a.attnotnull as "isNullable", c.relkind = 'v' as "isView"
      from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v') and a.attnum > 0 and not a.attisdropped
        and c.relname <> 'rapport_migrations'
      order by 1`)
    const declared = [...models.models.values()].flatMap((model) =>
      [...model.columns.values()].map((column) => ({
        place: `${model.table}.${column.column}`,
        type: databaseType(column.type, column.enumName, column.maxLength) + (column.isList ? '[]' : ''),
        // The columns of a view have no NOT NULL in PostgreSQL.
        isNullable: model.isView || !column.isRequired,
        isView: model.isView,
      })),
    )

    expect(rows).toEqual(declared.sort((a, b) => (a.place < b.place ? -1 : 1)))
  })

  it('computes exactly the columns that the models declare as generated', async () => {
    const { rows } = await data.owner.query<{ place: string }>(`
      select table_name || '.' || column_name as place from information_schema.columns
      where table_schema = 'public' and is_generated = 'ALWAYS' order by 1`)
    const declared = [...models.models.values()].flatMap(({ table, columns }) =>
      [...columns.values()].filter(({ isGenerated }) => isGenerated).map(({ column }) => `${table}.${column}`),
    )

    expect(rows.map(({ place }) => place)).toEqual(declared.sort())
  })
})

const DATABASE_TYPES: Readonly<Record<Exclude<ColumnType, 'enum'>, string>> = {
  uuid: 'uuid',
  text: 'text',
  int: 'integer',
  bigint: 'bigint',
  float: 'double precision',
  decimal: 'numeric',
  boolean: 'boolean',
  timestamp: 'timestamp with time zone',
  date: 'date',
  json: 'jsonb',
  bytes: 'bytea',
}

function databaseType(type: ColumnType, enumName: string | null, maxLength: number | null): string {
  if (type === 'enum') return `"${enumName}"`
  return maxLength === null ? DATABASE_TYPES[type] : 'character'
}
