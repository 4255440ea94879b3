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

/** The rows a connection walks over. */
export interface ConnectionSource {
  readonly object: ObjectType
  /** FROM, of the object's row and the link's if there is one. */
  readonly from: Sql
  readonly row: Row
  readonly conditions: readonly Sql[]
  readonly keys: readonly OrderKey[]
  /** Mark of its cursors, where they are good for other lists as well. */
  readonly mark?: string
  /** Row whose columns are the edge's own fields. */
  readonly edge?: { readonly typeName: string; readonly row: Row }
  /** FROM of a source that obeys the page by itself. Each position is a condition to be made over the source's own keys. */
  readonly paged?: (limit: Sql, positions: readonly ((keys: readonly OrderKey[]) => Sql)[], isReversed: boolean) => Sql
}

interface Column {
  readonly index: number
  readonly shape: Shape
}

/** Compiles a Relay connection: one subquery for the page, and more only for what is selected. */
export function compileConnection(place: Place, typeName: string, source: ConnectionSource): Compiled {
  const page = pageOf(place.args)
  const { reading } = place
  const mark = source.mark ?? cursorMark(place.coordinate, source.keys)
  const position = (name: 'after' | 'before') => {
    const cursor = page[name]
    return cursor === null ? null : decodeCursor(name, cursor, mark, source.keys)
  }
  const after = position('after')
  const before = position('before')
  const wanted = selectParts(reading, typeName, place.group, page.isBackward)

  const expressions: Sql[] = []
  const column = ({ sql: expression, shape }: Compiled): Column => ({ index: expressions.push(expression) - 1, shape })
  const nodes = wanted.nodes.map((group) => column(compileRecord(reading, source.object, source.row, group)))
  const edges = wanted.edges.map((group) => edgeShape(reading, source, mark, group, column))
  const cursor = wanted.cursors
    ? column({ sql: positionOf(source.keys), shape: (value) => encodeCursor(mark, elementsOf(value)) })
    : null

  const isReversed = page.isBackward
  const positions = [
    ...(after ? [(keys: readonly OrderKey[]) => beyond(keys, after, 'after')] : []),
    ...(before ? [(keys: readonly OrderKey[]) => beyond(keys, before, 'before')] : []),
  ]
  // In the text, not a parameter: a plan made for any limit reads and sorts the whole list.
  const limit = raw(String(wanted.more ? page.size + 1 : page.size))
  const { sql: item, elements } = tuple(expressions)
  const from = source.paged ? source.paged(limit, positions, isReversed) : source.from
  const within = source.paged ? [] : positions.map((position) => position(source.keys))
  const rows = sql`select ${item} as item from ${from} where ${and([...source.conditions, ...within])} order by ${orderBy(source.keys, isReversed)} limit ${limit}`
  const behind = isReversed ? before : after
  const answer = tuple([
    wanted.rows && page.size + (wanted.more ? 1 : 0) > 0 ? sql`(select json_agg(p.item) from (${rows}) p)` : sql`null`,
    wanted.total ? sql`(select count(*) from ${source.from} where ${and(source.conditions)})` : sql`null`,
    wanted.behind && behind ? existsBehind(source, behind, isReversed) : sql`null`,
  ])
  return {
    sql: sql`${answer.sql}`,
    shape(value) {
      const [found, total, isBehind] = answer.elements(value)
      const all = found === null ? [] : elementsOf(found).map(elements)
      const hasMore = all.length > page.size
      const items = hasMore ? all.slice(0, page.size) : [...all]
      if (isReversed) items.reverse()
      return shapeConnection(wanted, { page, items, total, hasMore, isBehind: isBehind === true, nodes, edges, cursor })
    },
  }
}

/** What a client selects on a connection, by response key. */
interface Wanted {
  readonly keys: readonly {
    readonly key: string
    readonly name: string
    readonly group: FieldGroup
    readonly index: number
  }[]
  readonly nodes: readonly FieldGroup[]
  readonly edges: readonly FieldGroup[]
  readonly pageInfo: ReadonlyMap<string, ReadonlyMap<string, FieldGroup>>
  readonly typeName: string
  readonly rows: boolean
  readonly cursors: boolean
  readonly more: boolean
  readonly behind: boolean
  readonly total: boolean
}

function selectParts(reading: Reading, typeName: string, group: FieldGroup, isBackward: boolean): Wanted {
  const keys: { key: string; name: string; group: FieldGroup; index: number }[] = []
  const nodes: FieldGroup[] = []
  const edges: FieldGroup[] = []
  const pageInfo = new Map<string, ReadonlyMap<string, FieldGroup>>()
  const infoNames = new Set<string>()
  for (const [key, fields] of subfields(reading, typeName, group)) {
    const name = fields[0].name.value
    const index = name === 'nodes' ? nodes.push(fields) - 1 : name === 'edges' ? edges.push(fields) - 1 : 0
    keys.push({ key, name, group: fields, index })
    if (name !== 'pageInfo') continue
    const info = subfields(reading, 'PageInfo', fields)
    pageInfo.set(key, info)
    for (const [field] of info.values()) infoNames.add(field.name.value)
  }
  const cursors = infoNames.has('startCursor') || infoNames.has('endCursor')
  const more = infoNames.has(isBackward ? 'hasPreviousPage' : 'hasNextPage')
  return {
    keys,
    nodes,
    edges,
    pageInfo,
    typeName,
    rows: nodes.length > 0 || edges.length > 0 || cursors || more,
    cursors,
    more,
    behind: infoNames.has(isBackward ? 'hasNextPage' : 'hasPreviousPage'),
    total: keys.some(({ name }) => name === 'totalCount'),
  }
}

function shapeConnection(
  wanted: Wanted,
  found: {
    readonly page: Page
    readonly items: readonly (readonly unknown[])[]
    readonly total: unknown
    readonly hasMore: boolean
    readonly isBehind: boolean
    readonly nodes: readonly Column[]
    readonly edges: readonly ((item: readonly unknown[]) => unknown)[]
    readonly cursor: Column | null
  },
): Record<string, unknown> {
  const cursorAt = (index: number) => {
    const item = found.items.at(index)
    return item && found.cursor ? found.cursor.shape(item[found.cursor.index]) : null
  }
  const info = (name: string) => {
    if (name === 'hasNextPage') return found.page.isBackward ? found.isBehind : found.hasMore
    if (name === 'hasPreviousPage') return found.page.isBackward ? found.hasMore : found.isBehind
    if (name === 'startCursor') return cursorAt(0)
    return name === '__typename' ? 'PageInfo' : cursorAt(-1)
  }
  const answer: Record<string, unknown> = {}
  for (const { key, name, index } of wanted.keys) {
    if (name === 'nodes') {
      const column = found.nodes[index]
      answer[key] = column ? found.items.map((item) => column.shape(item[column.index])) : []
    } else if (name === 'edges') {
      const edge = found.edges[index]
      answer[key] = edge ? found.items.map(edge) : []
    } else if (name === 'totalCount') answer[key] = found.total
    else if (name === 'pageInfo')
      answer[key] = Object.fromEntries(
        [...(wanted.pageInfo.get(key) ?? [])].map(([part, [field]]) => [part, info(field.name.value)]),
      )
    else answer[key] = wanted.typeName
  }
  return answer
}

function edgeShape(
  reading: Reading,
  source: ConnectionSource,
  mark: string,
  group: FieldGroup,
  column: (compiled: Compiled) => Column,
): (item: readonly unknown[]) => unknown {
  const typeName = source.edge?.typeName ?? `${source.object.name}Edge`
  const parts = [...subfields(reading, typeName, group)].map(([key, fields]) => {
    const name = fields[0].name.value
    if (name === '__typename') return { key, take: () => typeName }
    const compiled =
      name === 'cursor'
        ? { sql: positionOf(source.keys), shape: (value: unknown) => encodeCursor(mark, elementsOf(value)) }
        : name === 'node'
          ? compileRecord(reading, source.object, source.row, fields)
          : edgeField(reading, source, typeName, key, fields)
    const { index, shape } = column(compiled)
    return { key, take: (item: readonly unknown[]) => shape(item[index]) }
  })
  return (item) => Object.fromEntries(parts.map(({ key, take }) => [key, take(item)]))
}

function edgeField(
  reading: Reading,
  source: ConnectionSource,
  typeName: string,
  key: string,
  fields: FieldGroup,
): Compiled {
  if (!source.edge) throw badUserInput(`${typeName} has no field ${fields[0].name.value}.`)
  const [part] = compileFields(reading, typeName, source.edge.row, new Map([[key, fields]]))
  return part && !('typename' in part.compiled) ? part.compiled : { sql: sql`null`, shape: asIs }
}

/** Text of each key's value: the text keeps every digit, so a cursor loses no row. */
function positionOf(keys: readonly OrderKey[]): Sql {
  return sql`json_build_array(${join(keys.map((key) => sql`${key.value}::text`))})`
}

/**
 * Whether any row lies on the other side of the page, the cursor's own row included. It asks for the nearest one: a plan
 * for any parameters could otherwise read through other workspaces' rows until it finds one.
 */
function existsBehind(source: ConnectionSource, position: Position, isReversed: boolean): Sql {
  const condition = beyond(source.keys, position, isReversed ? 'after' : 'before', true)
  return sql`((select true from ${source.from} where ${and([...source.conditions, condition])} order by ${orderBy(source.keys, !isReversed)} limit 1) is not null)`
}
