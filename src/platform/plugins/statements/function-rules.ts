import { isOwn } from './own-names.ts'
import { isNode, listAt, nodeAt, nodesOf, qualifiedName, type SqlNode, textAt } from './sql-tree.ts'

/**
 * Body of the search function that `rapport plugin migration` writes for a table with searchable text. This function
 * may be SECURITY DEFINER, because `rapport_search` returns rows of the caller's workspace only.
 */
const SEARCH_BODY = /^\s*SELECT \* FROM rapport_search\('"(\w+)"', query\)\s*;?\s*$/

// Dynamic SQL and writes are refused, because the check can't find out which tables they affect.
const REFUSED_WORDS =
  /\b(insert|update|delete|merge|truncate|execute|copy|alter|drop|create|grant|revoke|call|do|set_config)\b/i

/** Returns why the definition of a function is refused, or null when it is allowed. */
export function functionRefusal(node: SqlNode, id: string): string | null {
  const options = new Map(
    nodesOf(listAt(node, 'options'), 'DefElem').map((option) => [textAt(option, 'defname'), nodeAt(option, 'arg')]),
  )
  const language = textAt(nodeAt(options.get('language') ?? {}, 'String'), 'sval').toLowerCase()
  const body = bodyOf(options.get('as') ?? {})
  const isDefiner = nodeAt(options.get('security') ?? {}, 'Boolean')['boolval'] === true
  if (isDefiner) {
    const table = SEARCH_BODY.exec(body)?.[1]
    return table !== undefined && isOwn(id, table)
      ? null
      : 'a function of a plugin is not SECURITY DEFINER: row-level security would not apply to it.'
  }
  if (language !== 'sql' && language !== 'plpgsql')
    return `a function of a plugin has to be in SQL or PL/pgSQL, not in ${language}.`
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
 * Returns why the body of a function is refused, or null when it is allowed.
 * @param refusal Returns why a parse tree is refused; null for an allowed tree. Called with the parse tree of a body in
 * SQL. For a body in PL/pgSQL, called with a tree of the functions that the body calls and the names after FROM and
 * JOIN.
 */
export function bodyRefusal(
  node: SqlNode,
  parse: (sql: string) => unknown,
  refusal: (tree: SqlNode) => string | null,
): string | null {
  const options = new Map(
    nodesOf(listAt(node, 'options'), 'DefElem').map((option) => [textAt(option, 'defname'), nodeAt(option, 'arg')]),
  )
  // `functionRefusal` allows SECURITY DEFINER only for the exact text of SEARCH_BODY, so nothing is left to check.
  if (nodeAt(options.get('security') ?? {}, 'Boolean')['boolval'] === true) return null
  const atomic = refusal(nodeAt(node, 'sql_body'))
  if (atomic !== null) return atomic
  const body = bodyOf(options.get('as') ?? {})
  const language = textAt(nodeAt(options.get('language') ?? {}, 'String'), 'sval').toLowerCase()
  try {
    const tree = language === 'sql' ? parse(body) : namesInPlpgsql(body)
    return isNode(tree) ? refusal(tree) : null
  } catch (error) {
    return `the body of its function can't be read: ${error instanceof Error ? error.message : String(error)}.`
  }
}

/** Matches a table name after FROM or JOIN, but not the FROM of IS DISTINCT FROM and not a call of a function. */
const READ_TABLE =
  /(?<!\bdistinct\s)\b(?:from|join)\s+(?:only\s+|lateral\s+)?(?:public\s*\.\s*)?"?([a-z_]\w*)"?(?!\s*\(|\w)/gi
/** Matches the start of a call such as `extract(year from …)`, in which no table comes after FROM. */
const FROM_IN_CALL = /\b(?:extract|substring|trim|overlay|position)\s*\([^()]*\bfrom\b/gi

/**
 * Returns the tables and functions that a body in PL/pgSQL names, as a parse tree. They are found with patterns,
 * because libpg_query's parser of SQL does not accept PL/pgSQL.
 */
function namesInPlpgsql(body: string): SqlNode {
  const text = body.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'/g, ' ').replaceAll(FROM_IN_CALL, ' ')
  const commonTables = new Set(
    [...text.matchAll(/\b(\w+)\s+as\s+(?:not\s+)?(?:materialized\s+)?\(/gi)].map(([, name]) => name),
  )
  const called = [...text.matchAll(/\b([a-z_]\w*)"?\s*\(/gi)].map(([, name = '']) => name.toLowerCase())
  const read = [...text.matchAll(READ_TABLE)]
    .map(([, name = '']) => name.toLowerCase())
    .filter((name) => !commonTables.has(name))
  return {
    called: called.map((name) => ({ FuncCall: { funcname: [{ String: { sval: name } }] } })),
    read: read.map((relname) => ({ RangeVar: { relname } })),
  }
}

/** Returns why a trigger is refused; null when it is allowed, because it runs a function of the plugin. */
export function triggerRefusal(node: SqlNode, id: string): string | null {
  const { name } = qualifiedName(listAt(node, 'funcname'))
  return isOwn(id, name) ? null : `its trigger runs ${name}(), which is not the plugin's own.`
}
