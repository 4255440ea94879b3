import type { Shape } from '../declare/objects/field-read.ts'
import type { FieldGroup } from './collect.ts'
import type { Page } from './order/page.ts'
import type { Reading } from './reading.ts'
import { subfields } from './select.ts'

/**
 * One value of the JSON array that the statement returns for each row of a page: its index in the array, and the
 * function that converts it.
 */
export interface RowElement {
  readonly index: number
  readonly shape: Shape
}

/** The fields that a client selects of a connection, and what the statement therefore has to return. */
export interface ConnectionSelection {
  /**
   * All selected fields, in the order of the selection. For a field `nodes` or `edges`, `index` is its index in the
   * property `nodes` or `edges`; for other fields it is not used.
   */
  readonly keys: readonly {
    readonly key: string
    readonly name: string
    readonly group: FieldGroup
    readonly index: number
  }[]
  readonly nodes: readonly FieldGroup[]
  readonly edges: readonly FieldGroup[]
  /**
   * The fields selected in `pageInfo`: by the response key of the `pageInfo`, because aliases allow several, and then
   * by the response key of the field.
   */
  readonly pageInfo: ReadonlyMap<string, ReadonlyMap<string, FieldGroup>>
  readonly typeName: string
  readonly needsRows: boolean
  /** Whether the cursors of the first and the last row are selected. */
  readonly hasCursors: boolean
  /** Whether the statement must find out if another page follows: later rows with `first`, earlier rows with `last`. */
  readonly needsMore: boolean
  /**
   * Whether the statement must find out if rows lie on the other side of the page: earlier rows with `first`, later
   * rows with `last`.
   */
  readonly needsBehind: boolean
  readonly needsTotal: boolean
}

/**
 * Returns the fields that a client selects of a connection.
 * @param isBackward Whether the page is counted from the end of the list (argument `last`).
 */
export function connectionSelection(
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

/** Builds the answer for a connection from the result of the statement. */
export function shapeConnection(
  selection: ConnectionSelection,
  result: {
    readonly page: Page
    /** The rows of the page, in the order of the list. Each is the array to which `RowElement.index` refers. */
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
