/** A node of PostgreSQL's parse tree, in the JSON format of libpg_query. */
export type SqlNode = Readonly<Record<string, unknown>>

export function isNode(value: unknown): value is SqlNode {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** Returns the node under a key; an empty node when there is none. */
export function nodeAt(node: SqlNode, key: string): SqlNode {
  const value = node[key]
  return isNode(value) ? value : {}
}

export function listAt(node: SqlNode, key: string): readonly unknown[] {
  const value = node[key]
  return Array.isArray(value) ? value : []
}

export function textAt(node: SqlNode, key: string): string {
  const value = node[key]
  return typeof value === 'string' ? value : ''
}

/**
 * Returns the last name in a list of `{ String: { sval } }`, and the schema before it; each empty when it is missing.
 */
export function qualifiedName(parts: readonly unknown[]): { readonly schema: string; readonly name: string } {
  const texts = parts.map((part) => (isNode(part) ? textAt(nodeAt(part, 'String'), 'sval') : ''))
  return { schema: texts.length > 1 ? (texts.at(-2) ?? '') : '', name: texts.at(-1) ?? '' }
}

/**
 * Returns all nodes of a kind within a value, at any depth, such as each `RangeVar`. What is under a key of `except` is
 * not searched.
 */
export function nodesOf(value: unknown, kind: string, except: readonly string[] = []): SqlNode[] {
  if (Array.isArray(value)) return value.flatMap((element) => nodesOf(element, kind, except))
  if (!isNode(value)) return []
  return Object.entries(value).flatMap(([key, child]) => {
    if (except.includes(key)) return []
    const nested = nodesOf(child, kind, except)
    return key === kind && isNode(child) ? [child, ...nested] : nested
  })
}
