import { PluginLifecycleError } from '../load/plugin-error.ts'
import { isNode, nodeAt } from './sql-tree.ts'
import { type Names, type Reader, refusal } from './statement-rules.ts'

/** SQL of a plugin, for its messages. */
export interface PluginSql extends Names {
  /** File, such as `0001_init.sql`. */
  readonly file: string
  readonly sql: string
}

/**
 * Refuses SQL of a plugin that does more than to make, change or take out what is its own. Runs nothing.
 * @throws PluginLifecycleError that names the plugin, the file, the line and the reason.
 */
export async function checkStatements({ file, sql, ...names }: PluginSql): Promise<void> {
  // PostgreSQL's own parser, as WebAssembly: a server starts without.
  const { loadModule, parseSync: parse } = await import('libpg-query')
  await loadModule()
  for (const { statement, line } of statementsOf(parse, { id: names.id, file, sql })) {
    const reason = refusal(statement, { ...names, parse })
    if (reason !== null) throw new PluginLifecycleError(`${file} of plugin ${names.id}, line ${line}: ${reason}`)
  }
}

function statementsOf(parse: Reader['parse'], { id, file, sql }: Omit<PluginSql, 'reads'>) {
  let tree: unknown
  try {
    tree = parse(sql)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new PluginLifecycleError(`${file} of plugin ${id} is not valid SQL: ${reason}.`, { cause: error })
  }
  const statements = isNode(tree) && Array.isArray(tree['stmts']) ? tree['stmts'] : []
  const bytes = Buffer.from(sql)
  return statements.filter(isNode).map((each) => {
    const start = typeof each['stmt_location'] === 'number' ? each['stmt_location'] : 0
    // The place is where the statement before ended: what comes first are blanks and comments.
    const text = bytes.subarray(start).toString()
    const blank = /^(\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*/.exec(text)?.[0] ?? ''
    const line = bytes.subarray(0, start).toString().concat(blank).split('\n').length
    return { statement: nodeAt(each, 'stmt'), line }
  })
}
