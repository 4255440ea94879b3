import type { Column, Models } from '../../../../src/platform/data/models/models.ts'
import { prismaBase } from '../../../../src/platform/data/prisma/transaction-client.ts'
import { isUuid } from '../../../../src/platform/formats/uuid.ts'
import type { StoredRow, StoredRows } from '../shown/stored-rows.ts'

/** A model as the arguments of Prisma's functions name it. */
export interface QueriedModel {
  readonly name: string
  readonly columns: readonly QueriedColumn[]
  /** Relations in both directions, to models that can be queried. */
  readonly relations: readonly QueriedRelation[]
  /** Arguments that name one row, the first by the key: rows that exist, visible or not, and one that does not. */
  readonly uniques: readonly Unique[]
  /** Columns that tell rows apart, for orders without ties. */
  readonly key: readonly string[]
}

/** A column with values for conditions. */
export interface QueriedColumn extends Pick<Column, 'name' | 'type' | 'isRequired' | 'isList'> {
  /** Stored values and some that no row has; none is null. */
  readonly values: readonly unknown[]
  /** References to columns of the same type, with which this one can be compared. */
  readonly comparable: readonly unknown[]
}

/** A relation of a model to rows of another one. */
export interface QueriedRelation {
  readonly name: string
  readonly target: string
  readonly isList: boolean
  readonly isRequired: boolean
}

/** An argument that names one row. */
export interface Unique {
  readonly values: readonly Readonly<Record<string, unknown>>[]
}

/** Returns the models with these names, with conditions' values from the stored rows. */
export function queriedModels(
  models: Models,
  names: ReadonlySet<string>,
  stored: StoredRows,
): ReadonlyMap<string, QueriedModel> {
  const described = new Map(models.datamodel.models.map((model) => [model.name, model]))
  const queried = new Map<string, QueriedModel>()
  for (const name of names) {
    const model = models.models.get(name)
    const dmmf = described.get(name)
    if (!model || !dmmf) throw new Error(`There is no model ${name}.`)
    const rows = stored.get(name) ?? []
    const references: unknown = prismaBase(models.schema).fieldsOf(name.charAt(0).toLowerCase() + name.slice(1))
    const columns = [...model.columns.values()]
    const keys = [
      ...(dmmf.primaryKey ? [dmmf.primaryKey.fields] : []),
      ...dmmf.fields.filter(({ isId, isUnique }) => isId || isUnique).map((field) => [field.name]),
      ...dmmf.uniqueFields,
    ]
    queried.set(name, {
      name,
      key: model.primaryKey.length > 0 ? model.primaryKey : ['id'],
      columns: columns.map((column) => ({
        ...column,
        values: valuesOf(
          column,
          rows.map((row) => row[column.name]),
        ),
        comparable: columns
          .filter((other) => isComparable(column, other))
          .map((other) => Reflect.get(Object(references), other.name)),
      })),
      relations: dmmf.fields
        .filter(({ kind, type }) => kind === 'object' && names.has(type))
        .map(({ name, type, isList, isRequired }) => ({ name, target: type, isList, isRequired })),
      uniques: keys.map((fields) => ({ values: uniqueValues(columns, fields, rows) })),
    })
  }
  return queried
}

const NO_ROW = '00000000-0000-7000-8000-ffffffffffff'
const MAX_VALUES = 12

/** Values for conditions on a column, in the form that Prisma takes. */
function valuesOf(column: Column, stored: readonly unknown[]): readonly unknown[] {
  const values = new Map<string, unknown>()
  const all = column.isList ? stored.flatMap((list) => (Array.isArray(list) ? list : [])) : stored
  for (const value of all)
    if (value !== null && values.size < MAX_VALUES) values.set(JSON.stringify(value), asArgument(column, value))
  const outside: Partial<Record<Column['type'], readonly unknown[]>> = {
    uuid: [NO_ROW],
    text: ['a', 'zz', '%', 'l_h'],
    int: [-1, 50],
    decimal: ['10', '-0.5'],
    timestamp: [new Date('2022-01-01T00:00:00Z')],
    date: [new Date('2022-01-01')],
    boolean: [true, false],
    json: [{}],
  }
  return [...values.values(), ...(outside[column.type] ?? [])]
}

/** A date is stored as text, but Prisma takes a Date. */
function asArgument({ type }: Column, value: unknown): unknown {
  return type === 'date' ? new Date(String(value)) : value
}

function isComparable(one: Column, other: Column): boolean {
  const types = ['text', 'int', 'timestamp', 'date', 'decimal']
  return one !== other && one.type === other.type && types.includes(one.type) && !one.isList && !other.isList
}

function uniqueValues(
  columns: readonly Column[],
  fields: readonly string[],
  rows: readonly StoredRow[],
): Readonly<Record<string, unknown>>[] {
  const argumentOf = (row: StoredRow, field: string) => {
    const column = columns.find(({ name }) => name === field)
    return column ? asArgument(column, row[field]) : null
  }
  const known = rows.filter((row) => fields.every((field) => row[field] !== null))
  const values = known.map((row) => Object.fromEntries(fields.map((field) => [field, argumentOf(row, field)])))
  const [first] = values
  if (!first) return []
  const text = fields.find((field) => typeof first[field] === 'string' && field !== 'workspaceId') ?? ''
  const missing = { ...first, [text]: isUuid(String(first[text])) ? NO_ROW : 'nothing' }
  const [name = ''] = fields
  return [...values, missing].map((value) =>
    fields.length === 1 ? { [name]: value[name] } : { [fields.join('_')]: value },
  )
}
