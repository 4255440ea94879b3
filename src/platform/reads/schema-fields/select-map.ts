import type { Column, Model, Models } from '../../data/models/models.ts'
import { prismaValueOf } from '../../data/prisma/prisma-value.ts'
import { type Row, rowOf } from '../../data/row.ts'
import { and, ident, join, type Sql, sql } from '../../data/sql.ts'
import type { Compiled } from '../../declare/objects/field-read.ts'
import { elementsOf, type Reading, tuple } from '../reading.ts'
import { isShown, visibleTable } from '../tables/visible-table.ts'
import { requirePermittedRelation } from './manifest-select.ts'
import { compileOrder, compileWhere, SelectError } from './select-where.ts'
import { relationNamed, type SelectedRelation } from './selected-relation.ts'

/** What a field selects of a record, as Prisma's `select` has it: columns, relations and `_count` by name. */
export type SelectMap = Readonly<Record<string, unknown>>

/** Rows of a model as the caller may see them, and the plugin whose field selects them. */
export interface SelectedRows {
  readonly reading: Reading
  readonly models: Models
  /** Id of the plugin. It may also select the columns of its own models that no field publishes. */
  readonly pluginId: string
}

/**
 * What the `shape` of a selection returns where the caller may not read a required value that is selected: a column of a
 * related row, or the row of a required relation. The types of Prisma have no null there.
 */
export const HIDDEN: unique symbol = Symbol('hidden')

/**
 * Compiles what a field selects of a row to one JSON value, whose `shape` returns the object that Prisma Client would
 * return. Related rows are those that the caller may see, with null for the optional columns that the caller may not
 * read. The value is `HIDDEN` where a required one can't be read. The `shape` throws TooManyRowsError for a list without
 * `take` that has more rows than a list may have.
 * @param columnOf Returns SQL for a column of the row. Throws when the field may not select the column.
 * @throws SelectError when the map names something that does not exist or can't be compiled.
 */
export function compileSelect(
  rows: SelectedRows,
  row: Row,
  map: SelectMap,
  columnOf: (column: Column) => Sql = ({ name }) => row.column(name),
): Compiled {
  const { model } = row
  const entries = Object.entries(map).filter(([, wanted]) => wanted !== false && wanted !== undefined)
  const parts = entries.map(([name, wanted]) => ({ name, ...compileEntry(rows, row, name, wanted, columnOf) }))
  if (parts.length === 0) throw new SelectError(`The selection of ${model.name} is empty.`)
  const { sql: all, elements } = tuple(parts.map((part) => part.sql))
  return {
    sql: all,
    shape(value) {
      if (value === null) return null
      const values = elements(value)
      const entries = parts.map(({ name, shape }, index) => [name, shape(values[index] ?? null)] as const)
      const isHidden = entries.some(([, part], index) => part === HIDDEN || (part === null && parts[index]?.isRequired))
      return isHidden ? HIDDEN : Object.fromEntries(entries)
    },
  }
}

function compileEntry(
  rows: SelectedRows,
  row: Row,
  name: string,
  wanted: unknown,
  columnOf: (column: Column) => Sql,
): Compiled & { readonly isRequired: boolean } {
  const { model } = row
  const column = model.columns.get(name)
  if (column) {
    if (wanted !== true) throw new SelectError(`${model.name}.${name} is a column: select it by \`${name}: true\`.`)
    return { sql: jsonValue(column, columnOf(column)), shape: prismaValueOf(column), isRequired: column.isRequired }
  }
  if (name === '_count') return { ...compileCounts(rows, row, wanted), isRequired: true }
  const relation = relationNamed(rows.models, model, name)
  // Which row the relation leads to is told by the key, so the caller needs the permission to read it.
  if (relation.key) columnOf(relation.key)
  return { ...compileRelation(rows, row, relation, name, wanted), isRequired: relation.isRequired }
}

/** Returns SQL whose JSON has the exact value of the column. */
function jsonValue({ type, isList }: Column, value: Sql): Sql {
  if (type !== 'decimal' && type !== 'bigint') return value
  return isList ? sql`${value}::text[]` : sql`${value}::text`
}

/** Maximum number of rows of a list. */
export const MAX_TAKE = 1_000

/**
 * A list that a field selects without `take` has more rows than a list may have. With a part of them, the code of the
 * field would compute a wrong value.
 */
export class TooManyRowsError extends Error {
  override readonly name = 'TooManyRowsError'
  /** Name of the relation, such as `Account.Account_parent`. */
  readonly relation: string

  constructor(relation: string) {
    super(`${relation} has more than ${MAX_TAKE} rows.`)
    this.relation = relation
  }
}

const OPTIONS: ReadonlySet<string> = new Set(['select', 'where', 'orderBy', 'take', 'skip'])

function compileRelation(
  rows: SelectedRows,
  row: Row,
  relation: SelectedRelation,
  name: string,
  wanted: unknown,
): Compiled {
  const options = optionsOf(`${row.model.name}.${name}`, wanted)
  const { target, isList } = relation
  requirePermittedRelation(rows.reading.registry, rows.pluginId, row.model, name, options)
  const other = rowOf(rows.reading.alias(), target)
  const select = options['select'] === undefined ? allColumns(target) : asMap(options['select'], `${name}.select`)
  const selected = compileSelect(rows, other, select)
  // One row more than a list may have tells that rows would be missing.
  const query = compileQuery(other, options, name, MAX_TAKE + 1)
  const condition = and([relation.joins(row, other), ...query.conditions])
  const from = sql`from ${visibleRows(rows, other)} where ${condition}`
  if (!isList) {
    requireNoPage(options, name)
    return { sql: sql`(select ${selected.sql} ${from})`, shape: selected.shape }
  }
  return {
    sql: sql`(select json_agg(p.item) from (select ${selected.sql} as item ${from} order by ${join(query.order)}${query.page}) p)`,
    shape(value) {
      if (value === null) return []
      const elements = elementsOf(value)
      if (elements.length > MAX_TAKE) throw new TooManyRowsError(`${row.model.name}.${name}`)
      const shaped = elements.map(selected.shape)
      return shaped.includes(HIDDEN) ? HIDDEN : shaped
    },
  }
}

/** Throws SelectError for options of a list in the selection of a relation to one row. */
export function requireNoPage(options: Readonly<Record<string, unknown>>, name: string): void {
  for (const option of ['orderBy', 'take', 'skip'])
    if (options[option] !== undefined) throw new SelectError(`${name} is one record, so it has no \`${option}\`.`)
}

/**
 * Compiles the `where`, `orderBy`, `take` and `skip` of related rows.
 * @param defaultTake Number of rows at most when there is no `take`.
 * @throws SelectError for what can't be compiled.
 */
export function compileQuery(
  row: Row,
  options: Readonly<Record<string, unknown>>,
  name: string,
  defaultTake = MAX_TAKE,
): { readonly conditions: readonly Sql[]; readonly order: readonly Sql[]; readonly page: Sql } {
  const take = options['take'] ?? undefined
  const limit = take === undefined ? sql` limit ${defaultTake}::int` : limitOf('limit', take, `${name}.take`)
  return {
    conditions: options['where'] === undefined ? [] : [compileWhere(row, options['where'])],
    order: compileOrder(row, options['orderBy']),
    page: sql`${limit}${limitOf('offset', options['skip'], `${name}.skip`)}`,
  }
}

function compileCounts(rows: SelectedRows, row: Row, wanted: unknown): Compiled {
  const { select } = asMap(wanted, '_count')
  const counted = Object.entries(asMap(select, '_count.select')).filter(([, value]) => value !== false)
  const counts = counted.map(([name, value]) => {
    const relation = relationNamed(rows.models, row.model, name)
    if (!relation.isList) throw new SelectError(`${row.model.name}.${name} is one record, so it can't be counted.`)
    const other = rowOf(rows.reading.alias(), relation.target)
    const where = value === true ? undefined : asMap(value, `_count.select.${name}`)['where']
    requirePermittedRelation(rows.reading.registry, rows.pluginId, row.model, name, { where })
    const conditions = [relation.joins(row, other), ...(where === undefined ? [] : [compileWhere(other, where)])]
    return { name, sql: sql`(select count(*)::int from ${visibleRows(rows, other)} where ${and(conditions)})` }
  })
  const { sql: all, elements } = tuple(counts.map((count) => count.sql))
  return {
    sql: all,
    shape: (value) => Object.fromEntries(counts.map(({ name }, index) => [name, elements(value)[index]])),
  }
}

/** Returns the FROM item of the rows of a model that the caller may see. */
export function visibleRows({ reading, pluginId }: SelectedRows, row: Row): Sql {
  const { model } = row
  const isOwn = model.pluginId === pluginId
  if (isOwn && !isShown(reading, model)) return sql`${ident(model.table)} ${row.alias}`
  const visible = visibleTable(reading, model, isOwn)
  if (!visible) throw new SelectError(`${model.name} is not shown by the API, so a field can't select it.`)
  return sql`(${visible.query(() => true)}) ${row.alias}`
}

/** Returns the selection of all columns, which Prisma selects of a row without `select`. */
export function allColumns({ columns }: Model): SelectMap {
  return Object.fromEntries([...columns.keys()].map((name) => [name, true]))
}

export function optionsOf(name: string, wanted: unknown): Readonly<Record<string, unknown>> {
  if (wanted === true) return {}
  const options = asMap(wanted, name)
  const unknown = Object.keys(options).find((option) => !OPTIONS.has(option))
  if (unknown === undefined) return options
  throw new SelectError(
    `${name} is selected with \`${unknown}\`, which can't be compiled. Use ${[...OPTIONS].join(', ')}, or read it in \`resolve\` with \`context.prisma\`.`,
  )
}

export function asMap(value: unknown, name: string): SelectMap {
  if (value === null || typeof value !== 'object') throw new SelectError(`${name} is not an object.`)
  return Object.fromEntries(Object.entries(value))
}

function limitOf(word: 'limit' | 'offset', value: unknown, name: string): Sql {
  if (value === undefined) return sql``
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    throw new SelectError(`${name} is not a whole number from 0.`)
  if (word === 'limit' && value > MAX_TAKE)
    throw new SelectError(
      `${name} is ${value}, and a list has ${MAX_TAKE} rows at most. Read more in \`resolve\`, in pages.`,
    )
  return word === 'limit' ? sql` limit ${value}::int` : sql` offset ${value}::int`
}
