/** A node of PostgreSQL's parse tree, as the parser writes it in JSON. */
export type SqlNode = Readonly<Record<string, unknown>>

export function isNode(value: unknown): value is SqlNode {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** The node under a key, or an empty one. */
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

/** A list of `{ String: { sval } }`: a name with its schema before it. */
export function qualifiedName(parts: readonly unknown[]): { readonly schema: string; readonly name: string } {
  const texts = parts.map((part) => (isNode(part) ? textAt(nodeAt(part, 'String'), 'sval') : ''))
  return { schema: texts.length > 1 ? (texts.at(-2) ?? '') : '', name: texts.at(-1) ?? '' }
}

/** Every node of a kind below a value, such as each `RangeVar`. Nothing below `except` is looked at. */
export function nodesOf(value: unknown, kind: string, except: readonly string[] = []): SqlNode[] {
  if (Array.isArray(value)) return value.flatMap((each) => nodesOf(each, kind, except))
  if (!isNode(value)) return []
  return Object.entries(value).flatMap(([key, below]) => {
    if (except.includes(key)) return []
    const found = nodesOf(below, kind, except)
    return key === kind && isNode(below) ? [below, ...found] : found
  })
}
