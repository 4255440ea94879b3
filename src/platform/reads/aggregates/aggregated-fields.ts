import type { Column } from '../../data/models/models.ts'
import { capital } from '../../formats/capital.ts'
import type { Field, ObjectType } from '../../registry/object-type.ts'
import { DATE_PARTS, type DatePart } from './date-parts.ts'

/** The field of a record with which groups are formed, or from which a value of a group is computed. */
interface OfField {
  readonly of: Field
}

/** What an aggregate groups records by: `name` is the value of `groupBy`, `field` the field of `key`. */
export type GroupKey = OfField & { readonly name: string; readonly field: string } & (
    | { readonly kind: 'value' | 'currency'; readonly column: Column }
    | { readonly kind: 'part'; readonly column: Column; readonly part: DatePart }
    | { readonly kind: 'record'; readonly of: Extract<Field, { kind: 'one' }> }
  )

/** A field with values that an aggregate adds up, averages or compares. */
export interface Measure extends OfField {
  readonly kind: 'number' | 'money' | 'time'
  /** Column with the number, the amount or the time. */
  readonly column: Column
  /** Column with the currency of an amount; null for other measures. */
  readonly currency: Column | null
}

/** Fields that say nothing of a group: ids and versions differ from record to record, and deleted records are left out. */
const LEFT_OUT: ReadonlySet<string> = new Set(['id', 'version', 'deletedAt'])

const DAYS: ReadonlySet<string> = new Set(['date', 'timestamp'])
const NUMBERS: ReadonlySet<string> = new Set(['int', 'bigint', 'float', 'decimal'])
/** Columns whose single values can name a group. Other numbers and times have too many values. */
const NAMING: ReadonlySet<string> = new Set(['enum', 'boolean', 'text', 'int'])

const keysByObject = new WeakMap<ObjectType, ReadonlyMap<string, GroupKey>>()

/** Returns what records of the object can be grouped by, by the value of `groupBy`. */
export function groupKeys(object: ObjectType): ReadonlyMap<string, GroupKey> {
  const known = keysByObject.get(object)
  if (known) return known
  const keys = new Map<string, GroupKey>()
  const add = (key: GroupKey) => {
    if (!keys.has(key.name)) keys.set(key.name, key)
  }
  const fields = [...object.fields.values()].filter(({ name }) => !LEFT_OUT.has(name))
  for (const field of fields) {
    const names = { name: constant(field.name), field: field.name, of: field }
    if (field.kind === 'one') add({ ...names, of: field, kind: 'record' })
    else if (field.kind === 'column' && namesGroups(object, field))
      add({ ...names, kind: 'value', column: field.column })
  }
  // After the fields, so that a field that is named like a part of a date keeps its name.
  for (const field of fields) {
    const measure = measureOf(object, field)
    if (measure?.currency) add({ ...named(field, 'CURRENCY'), kind: 'currency', column: measure.currency })
    else if (measure && DAYS.has(measure.column.type))
      for (const part of DATE_PARTS) add({ ...named(field, part), kind: 'part', column: measure.column, part })
  }
  keysByObject.set(object, keys)
  return keys
}

/** Whether the single values of a column name groups. */
function namesGroups(object: ObjectType, { column, options }: Extract<Field, { kind: 'column' }>): boolean {
  if (options.filter === false || column.isList || !NAMING.has(column.type)) return false
  if (column.type !== 'text' || column === object.discriminator) return true
  // Lists can't be sorted by long texts. Texts of objects whose reads are audited would be read without a record that
  // the audit can name.
  return options.order !== false && !object.auditsReads
}

function named(field: Field, suffix: string): Pick<GroupKey, 'name' | 'field' | 'of'> {
  const words = suffix.toLowerCase().split('_').map(capital).join('')
  return { name: `${constant(field.name)}_${suffix}`, field: `${field.name}${words}`, of: field }
}

/** Returns a field name in the form of enum values: `ANNUAL_REVENUE` for `annualRevenue`. */
function constant(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase()
}

const measuresByObject = new WeakMap<ObjectType, ReadonlyMap<string, Measure>>()

/** Returns the fields with values that an aggregate adds up, averages or compares, by name. */
export function measures(object: ObjectType): ReadonlyMap<string, Measure> {
  const known = measuresByObject.get(object)
  if (known) return known
  const found = new Map(
    [...object.fields.values()].flatMap((field) => {
      const measure = LEFT_OUT.has(field.name) ? null : measureOf(object, field)
      return measure ? [[field.name, measure] as const] : []
    }),
  )
  measuresByObject.set(object, found)
  return found
}

function measureOf({ model }: ObjectType, field: Field): Measure | null {
  if (field.kind === 'column') {
    const { column } = field
    if (field.options.order === false || field.options.filter === false || column.isList) return null
    if (NUMBERS.has(column.type)) return { of: field, kind: 'number', column, currency: null }
    return DAYS.has(column.type) ? { of: field, kind: 'time', column, currency: null } : null
  }
  if (field.kind !== 'declared' || field.declaration.kind !== 'money') return null
  const column = model.columns.get(field.declaration.amount)
  const currency = model.columns.get(field.declaration.currency)
  return column && currency ? { of: field, kind: 'money', column, currency } : null
}

/** Whether the values of the measure can be added up: numbers and amounts of money, not times. */
export function isSummed({ kind }: Measure): boolean {
  return kind !== 'time'
}

/** Functions that compute one value of a group from a measure. */
export const AGGREGATE_FUNCTIONS = ['sum', 'avg', 'min', 'max'] as const

export type AggregateFunction = (typeof AGGREGATE_FUNCTIONS)[number]

/** Returns the name of a value of a group in `having` and `orderBy`: `sumAnnualRevenue`. */
export function valueName(aggregate: AggregateFunction | 'countDistinct', field: string): string {
  return `${aggregate}${capital(field)}`
}

/** Returns the functions that a measure of the object has. */
export function functionsOf(object: ObjectType, measure: Measure): readonly AggregateFunction[] {
  // The least and greatest value of a group are values of single records, whose reads an audit would have to name.
  return AGGREGATE_FUNCTIONS.filter((name) =>
    name === 'sum' || name === 'avg' ? isSummed(measure) : !object.auditsReads,
  )
}

/** Returns the keys whose different values a group can count: values of fields and related records. */
export function countedKeys(object: ObjectType): ReadonlyMap<string, GroupKey> {
  return new Map(
    [...groupKeys(object).values()]
      .filter(({ kind }) => kind === 'value' || kind === 'record')
      .map((key) => [key.field, key]),
  )
}
