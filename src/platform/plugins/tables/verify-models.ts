import type { ClientBase } from 'pg'
import type { Column, ColumnType, Model, Models } from '../../data/models/models.ts'

/** A column of a table in the database. */
export interface ColumnRow {
  readonly table: string
  readonly name: string
  /** Name of the PostgreSQL type; for a list, the type of its elements. */
  readonly type: string
  readonly isList: boolean
  readonly isRequired: boolean
  /** Whether an insert may omit the column, because it has a default or is an identity or generated column. */
  readonly hasDefault: boolean
  /** Values of an enum type; null for another type. */
  readonly values: readonly string[] | null
}

const COLUMNS = `select c.relname::text as table, a.attname::text as name, coalesce(e.typname, t.typname)::text as type,
    e.oid is not null as "isList", a.attnotnull as "isRequired", a.atthasdef or a.attidentity <> '' as "hasDefault",
    (select array_agg(l.enumlabel::text) from pg_enum l where l.enumtypid = coalesce(e.oid, t.oid)) as values
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
    left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0 and not a.attisdropped
    and starts_with(c.relname, $1)`

/** PostgreSQL types that a column of each model type may have. */
const TYPES: Readonly<Record<Exclude<ColumnType, 'enum'>, readonly string[]>> = {
  uuid: ['uuid'],
  text: ['text', 'varchar', 'bpchar', 'citext'],
  int: ['int4', 'int2'],
  bigint: ['int8'],
  float: ['float8', 'float4'],
  decimal: ['numeric'],
  boolean: ['bool'],
  timestamp: ['timestamptz', 'timestamp'],
  date: ['date'],
  json: ['jsonb', 'json'],
  bytes: ['bytea'],
}

/** Returns the differences between the plugin's tables in the database and its models, one sentence each. */
export async function modelProblems(client: ClientBase, id: string, models: Models): Promise<string[]> {
  return modelDifferences(id, models, await readColumns(client, id))
}

/** Returns the columns of the plugin's tables in the database. */
export async function readColumns(client: ClientBase, id: string): Promise<ColumnRow[]> {
  return (await client.query<ColumnRow>(COLUMNS, [`${id}_`])).rows
}

/** Returns the differences between columns and the plugin's models, one sentence each. */
export function modelDifferences(id: string, models: Models, rows: readonly ColumnRow[]): string[] {
  const pluginModels = [...models.models.values()].filter(({ pluginId }) => pluginId === id)
  return pluginModels.flatMap((model) => {
    const present = rows.filter(({ table }) => table === model.table)
    return present.length === 0
      ? [`models.prisma has ${model.name}, and no migration creates its table ${model.table}`]
      : tableProblems(model, present, models)
  })
}

function tableProblems(model: Model, present: readonly ColumnRow[], models: Models): string[] {
  const columns = [...model.columns.values()]
  const unmodelled = present.filter(
    ({ name, isRequired, hasDefault }) => isRequired && !hasDefault && !columns.some(({ column }) => column === name),
  )
  return [
    ...columns.flatMap((column) => {
      const row = present.find(({ name }) => name === column.column)
      const problem = row ? columnProblem(model, column, row, models) : 'which the migrations do not create'
      return problem === null
        ? []
        : [`models.prisma has ${model.name}.${column.name} (${model.table}.${column.column}), ${problem}`]
    }),
    ...(model.isView
      ? []
      : unmodelled.map(
          ({ name }) => `${model.table}.${name} has to be filled in, and ${model.name} in models.prisma lacks it`,
        )),
  ]
}

function columnProblem({ isView }: Model, column: Column, row: ColumnRow, { enums }: Models): string | null {
  if (column.isList !== row.isList) return `which is ${row.isList ? 'a list' : 'not a list'} in the database`
  if (column.type === 'enum') {
    const missing = enums.get(column.enumName ?? '')?.values.find(({ name }) => !row.values?.includes(name))
    return missing ? `whose type ${row.type} in the database lacks ${missing.name}` : null
  }
  if (!TYPES[column.type].includes(row.type)) return `a ${column.type}, which is ${row.type} in the database`
  // Prisma writes lists without NOT NULL, and the columns of a view are never NOT NULL.
  if (column.isList || column.isGenerated || isView || column.isRequired === row.isRequired) return null
  return column.isRequired ? 'which can be empty in the database' : 'which cannot be empty in the database'
}
