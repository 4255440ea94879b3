import { isOwn } from './own-names.ts'
import { isNode, listAt, nodeAt, nodesOf, qualifiedName, type SqlNode, textAt } from './sql-tree.ts'

/** What `rapport plugin migration` writes for a table with text to search in; it looks at the caller's workspace only. */
const SEARCH_BODY = /^\s*SELECT \* FROM rapport_search\('"(\w+)"', query\)\s*;?\s*$/

// Dynamic SQL and writes: what a function does to others' tables could not be told from its text.
const REFUSED_WORDS =
  /\b(insert|update|delete|merge|truncate|execute|copy|alter|drop|create|grant|revoke|call|do|set_config)\b/i

/** Why a function's definition is refused, or null. */
export function functionRefusal(node: SqlNode, id: string): string | null {
  const options = new Map(
    nodesOf(listAt(node, 'options'), 'DefElem').map((each) => [textAt(each, 'defname'), nodeAt(each, 'arg')]),
  )
  const language = textAt(nodeAt(options.get('language') ?? {}, 'String'), 'sval').toLowerCase()
  const body = bodyOf(options.get('as') ?? {})
  const isDefiner = nodeAt(options.get('security') ?? {}, 'Boolean')['boolval'] === true
  if (isDefiner) {
    const table = SEARCH_BODY.exec(body)?.[1]
    return table !== undefined && isOwn(id, table)
      ? null
      : 'a function of a plugin is not SECURITY DEFINER: row-level security would not hold it.'
  }
  if (language !== 'sql' && language !== 'plpgsql')
    return `a function of a plugin is in SQL or PL/pgSQL, not in ${language}.`
  const word = REFUSED_WORDS.exec(body.replaceAll(/--[^\n]*|'(?:[^']|'')*'/g, ''))?.[1]
  return word === undefined
    ? null
    : `a function of a plugin only computes; this one has ${word.toUpperCase()}. Write records through the plugin's rules, handlers and operations.`
}

function bodyOf(node: SqlNode): string {
  return listAt(nodeAt(node, 'List'), 'items')
    .map((item) => (isNode(item) ? textAt(nodeAt(item, 'String'), 'sval') : ''))
    .join('\n')
}

/**
 * Why what a function reads or calls is refused, or null: `refusal` looks at the body as at a statement. Of a body in
 * PL/pgSQL it gets the names that are called and those that come after FROM and JOIN.
 */
export function bodyRefusal(
  node: SqlNode,
  parse: (sql: string) => unknown,
  refusal: (tree: SqlNode) => string | null,
): string | null {
  const options = new Map(
    nodesOf(listAt(node, 'options'), 'DefElem').map((each) => [textAt(each, 'defname'), nodeAt(each, 'arg')]),
  )
  // A search has been looked at by its text.
  if (nodeAt(options.get('security') ?? {}, 'Boolean')['boolval'] === true) return null
  const atomic = refusal(nodeAt(node, 'sql_body'))
  if (atomic !== null) return atomic
  const body = bodyOf(options.get('as') ?? {})
  const language = textAt(nodeAt(options.get('language') ?? {}, 'String'), 'sval').toLowerCase()
  try {
    const tree = language === 'sql' ? parse(body) : namesIn(body)
    return isNode(tree) ? refusal(tree) : null
  } catch (error) {
    return `the body of its function can't be read: ${error instanceof Error ? error.message : String(error)}.`
  }
}

const READ =
  /(?<!\bdistinct\s)\b(?:from|join)\s+(?:only\s+|lateral\s+)?(?:public\s*\.\s*)?"?([a-z_]\w*)"?(?!\s*\(|\w)/gi
// In these FROM comes before no table.
const FROM_WITHIN = /\b(?:extract|substring|trim|overlay|position)\s*\([^()]*\bfrom\b/gi

/** The tables and functions that a body in PL/pgSQL names, as a tree. */
function namesIn(body: string): SqlNode {
  const text = body.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'/g, ' ').replaceAll(FROM_WITHIN, ' ')
  const within = new Set(
    [...text.matchAll(/\b(\w+)\s+as\s+(?:not\s+)?(?:materialized\s+)?\(/gi)].map(([, name]) => name),
  )
  const called = [...text.matchAll(/\b([a-z_]\w*)"?\s*\(/gi)].map(([, name = '']) => name.toLowerCase())
  const read = [...text.matchAll(READ)].map(([, name = '']) => name.toLowerCase()).filter((name) => !within.has(name))
  return {
    called: called.map((name) => ({ FuncCall: { funcname: [{ String: { sval: name } }] } })),
    read: read.map((relname) => ({ RangeVar: { relname } })),
  }
}

/** Why a trigger is refused, or null: it runs a function of the plugin's. */
export function triggerRefusal(node: SqlNode, id: string): string | null {
  const { name } = qualifiedName(listAt(node, 'funcname'))
  return isOwn(id, name) ? null : `its trigger runs ${name}(), which is not the plugin's own.`
}
