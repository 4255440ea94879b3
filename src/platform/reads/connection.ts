import type { Row } from '../data/row.ts'
import { and, join, raw, type Sql, sql } from '../data/sql.ts'
import type { Compiled, Place, Shape } from '../declare/objects/field-read.ts'
import { badUserInput } from '../errors.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { FieldGroup } from './collect.ts'
import {
  beyond,
  cursorMark,
  decodeCursor,
  encodeCursor,
  type OrderKey,
  orderBy,
  type Position,
} from './order/keyset.ts'
import { type Page, pageOf } from './order/page.ts'
import { asIs, elementsOf, type Reading, tuple } from './reading.ts'
import { compileRecord } from './record.ts'
import { compileFields, subfields } from './select.ts'

/** The rows of a connection, and their order. */
export interface ConnectionSource {
  readonly object: ObjectType
  /** FROM clause of the object's row, and of the link's row where the connection goes through a link table. */
  readonly from: Sql
  readonly row: Row
  readonly conditions: readonly Sql[]
  readonly keys: readonly OrderKey[]
  /**
   * Mark of the cursors (see `cursorMark`), where other lists accept the same cursors; absent for a mark of this list.
   */
  readonly mark?: string
  /** Type of the edges and the row of the link table, whose columns are fields of the edge. */
  readonly edge?: { readonly typeName: string; readonly row: Row }
  /**
   * Returns the FROM clause of a source that applies the limit, the positions and the order by itself. Each position is
   * a function that returns the condition of the page's rows from the source's own order keys.
   */
  readonly paged?: (limit: Sql, positions: readonly ((keys: readonly OrderKey[]) => Sql)[], isReversed: boolean) => Sql
}

/** An element of the JSON array that the statement returns for each row of the page. */
interface RowElement {
  readonly index: number
  readonly shape: Shape
}

/** Compiles a Relay connection: one subquery for the page, and others only for the fields that need them. */
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
  // The limit is in the statement's text and not a parameter: the generic plan of a parameter reads and sorts the whole
  // list. One row more than the page shows whether there is a further page.
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

/** What a client selects on a connection, and what the statement therefore has to return. */
interface ConnectionSelection {
  /** The selected fields, in their order. `index` is the position among `nodes` or `edges`, and 0 for other fields. */
  readonly keys: readonly {
    readonly key: string
    readonly name: string
    readonly group: FieldGroup
    readonly index: number
  }[]
  readonly nodes: readonly FieldGroup[]
  readonly edges: readonly FieldGroup[]
  /** Fields selected below each `pageInfo`, by the response key of the `pageInfo` and their own. */
  readonly pageInfo: ReadonlyMap<string, ReadonlyMap<string, FieldGroup>>
  readonly typeName: string
  readonly needsRows: boolean
  /** Whether the cursors of the first and the last row are selected. */
  readonly hasCursors: boolean
  /** Whether the statement has to find out if there are rows beyond the page, in the direction of paging. */
  readonly needsMore: boolean
  /** Whether the statement has to find out if there are rows on the other side of the page. */
  readonly needsBehind: boolean
  readonly needsTotal: boolean
}

function connectionSelection(
  reading: Reading,
  typeName: string,
  group: FieldGroup,
  isBackward: boolean,
): ConnectionSelection {
  const keys: { key: string; name: string; group: FieldGroup; index: number }[] = []
  const nodes: FieldGroup[] = []
  const edges: FieldGroup[] = []
  const pageInfo = new Map<string, ReadonlyMap<string, FieldGroup>>()
  const pageInfoNames = new Set<string>()
  for (const [key, fields] of subfields(reading, typeName, group)) {
    const name = fields[0].name.value
    const index = name === 'nodes' ? nodes.push(fields) - 1 : name === 'edges' ? edges.push(fields) - 1 : 0
    keys.push({ key, name, group: fields, index })
    if (name !== 'pageInfo') continue
    const info = subfields(reading, 'PageInfo', fields)
    pageInfo.set(key, info)
    for (const [field] of info.values()) pageInfoNames.add(field.name.value)
  }
  const hasCursors = pageInfoNames.has('startCursor') || pageInfoNames.has('endCursor')
  const needsMore = pageInfoNames.has(isBackward ? 'hasPreviousPage' : 'hasNextPage')
  return {
    keys,
    nodes,
    edges,
    pageInfo,
    typeName,
    needsRows: nodes.length > 0 || edges.length > 0 || hasCursors || needsMore,
    hasCursors,
    needsMore,
    needsBehind: pageInfoNames.has(isBackward ? 'hasNextPage' : 'hasPreviousPage'),
    needsTotal: keys.some(({ name }) => name === 'totalCount'),
  }
}

function shapeConnection(
  selection: ConnectionSelection,
  result: {
    readonly page: Page
    /** Elements of each row of the page. */
    readonly rows: readonly (readonly unknown[])[]
    readonly total: unknown
    readonly hasMore: boolean
    readonly hasBehind: boolean
    readonly nodes: readonly RowElement[]
    readonly edges: readonly ((row: readonly unknown[]) => unknown)[]
    readonly cursor: RowElement | null
  },
): Record<string, unknown> {
  const cursorAt = (index: number) => {
    const row = result.rows.at(index)
    return row && result.cursor ? result.cursor.shape(row[result.cursor.index]) : null
  }
  const pageInfoValue = (name: string) => {
    if (name === 'hasNextPage') return result.page.isBackward ? result.hasBehind : result.hasMore
    if (name === 'hasPreviousPage') return result.page.isBackward ? result.hasMore : result.hasBehind
    if (name === 'startCursor') return cursorAt(0)
    return name === '__typename' ? 'PageInfo' : cursorAt(-1)
  }
  const answer: Record<string, unknown> = {}
  for (const { key, name, index } of selection.keys) {
    if (name === 'nodes') {
      const node = result.nodes[index]
      answer[key] = node ? result.rows.map((row) => node.shape(row[node.index])) : []
    } else if (name === 'edges') {
      const edge = result.edges[index]
      answer[key] = edge ? result.rows.map(edge) : []
    } else if (name === 'totalCount') answer[key] = result.total
    else if (name === 'pageInfo')
      answer[key] = Object.fromEntries(
        [...(selection.pageInfo.get(key) ?? [])].map(([alias, [field]]) => [alias, pageInfoValue(field.name.value)]),
      )
    else answer[key] = selection.typeName
  }
  return answer
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
 * Returns the SQL of a row's position: the text of each key's value. Text keeps every digit, so that a cursor skips no
 * row.
 */
function positionOf(keys: readonly OrderKey[]): Sql {
  return sql`json_build_array(${join(keys.map((key) => sql`${key.value}::text`))})`
}

/**
 * Returns the condition that a row lies on the other side of the page: at the cursor or beyond it. It selects the
 * nearest row in the order of the list, because the generic plan of an unordered `exists` may read the rows of other
 * workspaces until it finds one.
 */
function existsBehind(source: ConnectionSource, position: Position, isReversed: boolean): Sql {
  const condition = beyond(source.keys, position, isReversed ? 'after' : 'before', true)
  return sql`((select true from ${source.from} where ${and([...source.conditions, condition])} order by ${orderBy(source.keys, !isReversed)} limit 1) is not null)`
}
