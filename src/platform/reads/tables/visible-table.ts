import type { Column, Model } from '../../data/models/models.ts'
import { inSameWorkspace, isRecordOf, type Row, recordExists, rowOf, tableOf } from '../../data/row.ts'
import { and, empty, ident, join, or, type Sql, sql } from '../../data/sql.ts'
import { canReadFieldOfAllRecords } from '../../permissions/guard.ts'
import { visibilityConditions } from '../../permissions/visible.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import type { Reading } from '../reading.ts'
import { objectsOf } from '../reference.ts'
import { type LinkedRecord, type Part, partsOf } from './parts.ts'
import { hiddenValue, shownColumns } from './shown-columns.ts'

/** The log holds values of all fields, so its rows are read through the API only, which leaves hidden fields out. */
const CLOSED_OBJECTS: ReadonlySet<string> = new Set(['Change', 'AuditEntry'])

/** One way in which rows of a table are shown: on which rows, and the columns that are shown on them. */
interface Shown {
  readonly condition: Sql
  readonly columns: ReadonlyMap<string, Sql>
}

/** Whether a table holds records of an object of the API, or parts of such records. */
export function isShown(reading: Pick<Reading, 'registry'>, model: Model): boolean {
  const { registry } = reading
  const isOver = [...registry.objects.values()].some((object) => object.model.name === model.name)
  return isOver || partsOf(registry, model).length > 0
}

/** What the caller may see of a table. */
export interface VisibleTable {
  /**
   * Returns a query of the visible rows.
   * @param isUsed Whether the query has the column with this name in the database. A column that the caller may not read
   * is null.
   */
  query(isUsed: (column: string) => boolean): Sql
}

/**
 * Returns what the caller may see of a table; null for a table of which the API shows nothing.
 * @param includesUnpublished Whether columns that no field of the API publishes have their values.
 */
export function visibleTable(reading: Reading, model: Model, includesUnpublished: boolean): VisibleTable | null {
  const row = rowOf(reading.alias(), model)
  const possible = [
    ...objectsOver(reading, model).map((object) => shownAs(reading, object, row, includesUnpublished)),
    ...partsOf(reading.registry, model).map((part) => shownWith(reading, part, row, includesUnpublished)),
  ]
  if (possible.length === 0) return null
  const shown = possible.filter(({ condition }) => condition.sql !== 'false')
  const rows = and([inSameWorkspace(reading, row), or(shown.map(({ condition }) => condition))])
  const columns = [...model.columns.values()]
  return {
    query(isUsed) {
      const used = columns.filter(({ column }) => isUsed(column))
      const values = used.map(({ name, column }) => sql`${shownValue(shown, row, name)} as ${ident(column)}`)
      return sql`select ${values.length > 0 ? join(values) : empty} from ${tableOf({ model }, row)} where ${rows}`
    },
  }
}

/** Returns the objects whose records are rows of a model, without those of the log. */
export function objectsOver({ registry }: Pick<Reading, 'registry'>, model: Model): ObjectType[] {
  return [...registry.objects.values()].filter(
    (object) => object.model.name === model.name && !CLOSED_OBJECTS.has(object.name),
  )
}

/** Returns SQL for the value of a column: as in any of the ways in which the row is shown. */
function shownValue(shown: readonly Shown[], row: Row, name: string): Sql {
  const values = shown.flatMap(({ condition, columns }) => {
    const value = columns.get(name)
    return value ? [{ condition, value }] : []
  })
  const [first] = values
  if (!first) return hiddenValue(row.column(name))
  if (shown.length === 1 || (values.length === shown.length && isAlwaysRaw(values, row, name))) return first.value
  // A way that hides the value on this row does not keep another way from showing it.
  return sql`coalesce(${join(values.map(({ condition, value }) => sql`case when ${condition} then ${value} end`))})`
}

/** Whether the row is shown with the plain value of the column in whichever way it is shown. */
function isAlwaysRaw(values: readonly { readonly value: Sql }[], row: Row, name: string): boolean {
  return values.every(({ value }) => value.sql === row.column(name).sql)
}

/** Rows as records of an object. */
function shownAs(reading: Reading, object: ObjectType, row: Row, includesUnpublished: boolean): Shown {
  return {
    condition: and(visibilityConditions(reading, object, row)),
    columns: shownColumns(reading, { type: object, row, guard: { object, row }, includesUnpublished }),
  }
}

/** Rows as parts of the visible records of an object, on which the caller may read the field with the parts. */
function shownWith(reading: Reading, part: Part, row: Row, includesUnpublished: boolean): Shown {
  const { object, field, type } = part
  const owner = rowOf(reading.alias(), object.model)
  const ownerId = row.column(part.by.name)
  // In the API lists are never null, so a caller who may read the list of some records only is refused.
  const isReadable = field === null || canReadFieldOfAllRecords(reading.actor, object, field)
  if (!isReadable) return { condition: sql`false`, columns: new Map() }
  const condition = and([
    recordExists(owner, row, ownerId, visibilityConditions(reading, object, owner)),
    ...(part.to ? [isVisible(reading, part.to, row)] : []),
  ])
  const columns =
    field === null
      ? detailColumns(reading, part, row, owner, isRecordOf(owner, row, ownerId), includesUnpublished)
      : shownColumns(reading, { type, row, guard: null, includesUnpublished })
  // Both records are visible, so their ids are shown too.
  const keys = [part.by, ...(part.to ? keysOf(part.to) : [])].map(({ name }) => [name, row.column(name)] as const)
  return { condition, columns: new Map([...columns, ...keys]) }
}

/** The columns of a variant's detail: each is a field of the variant, with a permission on the object's record. */
function detailColumns(
  reading: Reading,
  { object, type, by }: Part,
  row: Row,
  owner: Row,
  isOfOwner: Sql,
  includesUnpublished: boolean,
): ReadonlyMap<string, Sql> {
  const columns = shownColumns(reading, { type, row, guard: { object, row: owner }, includesUnpublished })
  return new Map(
    [...columns].map(([name, value]) => [
      name,
      // A value that depends on the record is read beside it.
      value.sql === row.column(name).sql || name === by.name
        ? value
        : sql`(select ${value} from ${tableOf(object, owner)} where ${isOfOwner})`,
    ]),
  )
}

/** Returns the columns of a link that say which record it leads to. */
export function keysOf(to: LinkedRecord): readonly Column[] {
  return 'object' in to ? [to.id] : [to.type, to.id]
}

/** Returns the condition that the other record of a link is visible to the caller. */
function isVisible(reading: Reading, to: LinkedRecord, row: Row): Sql {
  const existsVisible = (object: ObjectType) => {
    const target = rowOf(reading.alias(), object.model)
    return recordExists(target, row, row.column(to.id.name), visibilityConditions(reading, object, target))
  }
  if ('object' in to) return existsVisible(to.object)
  const branches = objectsOf(reading, to.interface).map(
    (object) => sql`when ${object.name} then ${existsVisible(object)}`,
  )
  return branches.length > 0 ? sql`case ${row.column(to.type.name)} ${join(branches, ' ')} else false end` : sql`false`
}
