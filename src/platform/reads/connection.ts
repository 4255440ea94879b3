import type { Row } from '../data/row.ts'
import { and, join, raw, type Sql, sql } from '../data/sql.ts'
import type { Compiled, Place } from '../declare/objects/field-read.ts'
import { badUserInput } from '../errors.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { FieldGroup } from './collect.ts'
import type { RowElement } from './connection-shape.ts'
import { connectionSelection, shapeConnection } from './connection-shape.ts'
import {
  beyond,
  cursorMark,
  decodeCursor,
  encodeCursor,
  type OrderKey,
  orderBy,
  type Position,
} from './order/keyset.ts'
import { pageOf } from './order/page.ts'
import { asIs, elementsOf, type Reading, tuple } from './reading.ts'
import { compileRecord } from './record.ts'
import { compileFields, subfields } from './select.ts'

/** The rows of a connection, and their order. */
export interface ConnectionSource {
  readonly object: ObjectType
  /** FROM clause: the table of the object, joined with the link table when the connection uses one. */
  readonly from: Sql
  readonly row: Row
  readonly conditions: readonly Sql[]
  readonly keys: readonly OrderKey[]
  /**
   * Mark in the cursors (see `cursorMark`). Set it when several lists accept each other's cursors. Default: a mark that
   * only this list accepts.
   */
  readonly mark?: string
  /** GraphQL type of the edges, and the row of the link table, whose columns are fields of the edge. */
  readonly edge?: { readonly typeName: string; readonly row: Row }
  /**
   * Only for a source field, whose declared query restricts and orders its rows itself. Returns the FROM clause for one
   * page. `positions` has a function for each cursor in the arguments (`after`, `before`). The function gets the order
   * keys as SQL within the query, and returns the condition that a row lies on the page's side of the cursor.
   */
  readonly paged?: (limit: Sql, positions: readonly ((keys: readonly OrderKey[]) => Sql)[], isReversed: boolean) => Sql
}

/**
 * Compiles a Relay connection: one subquery for the page, and further subqueries only for selected fields that need
 * them, such as `totalCount`.
 */
export function compileConnection(place: Place, typeName: string, source: ConnectionSource): Compiled {
  const page = pageOf(place.args)
  const { reading } = place
  const mark = source.mark ?? cursorMark(place.coordinate, source.keys)
  const cursorPosition = (name: 'after' | 'before') => {
    const cursor = page[name]
    return cursor === null ? null : decodeCursor(name, cursor, mark, source.keys)
  }
  const after = cursorPosition('after')
  const before = cursorPosition('before')
  const selection = connectionSelection(reading, typeName, place.group, page.isBackward)

  const expressions: Sql[] = []
  const addElement = ({ sql: expression, shape }: Compiled): RowElement => ({
    index: expressions.push(expression) - 1,
    shape,
  })
  const nodes = selection.nodes.map((group) => addElement(compileRecord(reading, source.object, source.row, group)))
  const edges = selection.edges.map((group) => edgeShape(reading, source, mark, group, addElement))
  const cursor = selection.hasCursors
    ? addElement({ sql: positionOf(source.keys), shape: (value) => encodeCursor(mark, elementsOf(value)) })
    : null

  const isReversed = page.isBackward
  const positions = [
    ...(after ? [(keys: readonly OrderKey[]) => beyond(keys, after, 'after')] : []),
    ...(before ? [(keys: readonly OrderKey[]) => beyond(keys, before, 'before')] : []),
  ]
  // The limit is in the statement's text and not a parameter: with a parameter, PostgreSQL's generic plan reads and
  // sorts the whole list. One row more than the page is read to find out if another page follows.
  const limit = raw(String(selection.needsMore ? page.size + 1 : page.size))
  const { sql: item, elements } = tuple(expressions)
  const from = source.paged ? source.paged(limit, positions, isReversed) : source.from
  const pageConditions = source.paged ? [] : positions.map((position) => position(source.keys))
  const pageQuery = sql`select ${item} as item from ${from} where ${and([...source.conditions, ...pageConditions])} order by ${orderBy(source.keys, isReversed)} limit ${limit}`
  const behind = isReversed ? before : after
  const answer = tuple([
    selection.needsRows && page.size + (selection.needsMore ? 1 : 0) > 0
      ? sql`(select json_agg(p.item) from (${pageQuery}) p)`
      : sql`null`,
    selection.needsTotal ? sql`(select count(*) from ${source.from} where ${and(source.conditions)})` : sql`null`,
    selection.needsBehind && behind ? existsBehind(source, behind, isReversed) : sql`null`,
  ])
  return {
    sql: sql`${answer.sql}`,
    shape(value) {
      const [rowsValue, total, behindValue] = answer.elements(value)
      const hasBehind = behindValue === true
      const fetched = rowsValue === null ? [] : elementsOf(rowsValue).map(elements)
      const hasMore = fetched.length > page.size
      const rows = hasMore ? fetched.slice(0, page.size) : [...fetched]
      if (isReversed) rows.reverse()
      return shapeConnection(selection, { page, rows, total, hasMore, hasBehind, nodes, edges, cursor })
    },
  }
}

/** Compiles the fields of an edge, and returns the function that shapes a row of the page into the edge. */
function edgeShape(
  reading: Reading,
  source: ConnectionSource,
  mark: string,
  group: FieldGroup,
  addElement: (compiled: Compiled) => RowElement,
): (row: readonly unknown[]) => unknown {
  const typeName = source.edge?.typeName ?? `${source.object.name}Edge`
  const entries = [...subfields(reading, typeName, group)].map(([key, fields]) => {
    const name = fields[0].name.value
    if (name === '__typename') return { key, valueFrom: () => typeName }
    const compiled =
      name === 'cursor'
        ? { sql: positionOf(source.keys), shape: (value: unknown) => encodeCursor(mark, elementsOf(value)) }
        : name === 'node'
          ? compileRecord(reading, source.object, source.row, fields)
          : edgeField(reading, source, typeName, key, fields)
    const { index, shape } = addElement(compiled)
    return { key, valueFrom: (row: readonly unknown[]) => shape(row[index]) }
  })
  return (row) => Object.fromEntries(entries.map(({ key, valueFrom }) => [key, valueFrom(row)]))
}

/** Compiles a field of an edge whose value is a column of the link table. */
function edgeField(
  reading: Reading,
  source: ConnectionSource,
  typeName: string,
  key: string,
  fields: FieldGroup,
): Compiled {
  if (!source.edge) throw badUserInput(`${typeName} has no field ${fields[0].name.value}.`)
  const [field] = compileFields(reading, typeName, source.edge.row, new Map([[key, fields]]))
  return field && !('typename' in field.compiled) ? field.compiled : { sql: sql`null`, shape: asIs }
}

/**
 * Returns the SQL of a row's position: the values of the order keys as text. Text keeps every digit. A rounded value
 * could make the next page skip a row.
 */
function positionOf(keys: readonly OrderKey[]): Sql {
  return sql`json_build_array(${join(keys.map((key) => sql`${key.value}::text`))})`
}

/**
 * Returns the condition that the list has a row on the other side of the page: at the cursor, or farther from the page.
 * It selects the row nearest to the page in the order of the list. With an `exists` without an order, PostgreSQL's
 * generic plan may read rows of other workspaces until it finds a row.
 */
function existsBehind(source: ConnectionSource, position: Position, isReversed: boolean): Sql {
  const condition = beyond(source.keys, position, isReversed ? 'after' : 'before', true)
  return sql`((select true from ${source.from} where ${and([...source.conditions, condition])} order by ${orderBy(source.keys, !isReversed)} limit 1) is not null)`
}
