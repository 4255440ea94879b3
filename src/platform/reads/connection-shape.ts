import type { Shape } from '../declare/objects/field-read.ts'
import type { FieldGroup } from './collect.ts'
import type { Page } from './order/page.ts'
import type { Reading } from './reading.ts'
import { subfields } from './select.ts'

/** An element of the JSON array that the statement returns for each row of the page. */
export interface RowElement {
  readonly index: number
  readonly shape: Shape
}

/** What a client selects on a connection, and what the statement therefore has to return. */
export interface ConnectionSelection {
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

/** Returns what a client selects on a connection of the type. `isBackward`: the page is cut from the end of the list. */
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

/** Returns the answer of a connection from what the statement returned. */
export function shapeConnection(
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
