import { PluginLifecycleError } from '../load/plugin-error.ts'
import { loadSqlParser } from './sql-parser.ts'
import { isNode, nodeAt, type SqlNode } from './sql-tree.ts'
import { type AllowedNames, type CheckContext, statementRefusal } from './statement-rules.ts'

/** SQL of a plugin that is to be checked. */
export interface PluginSql extends AllowedNames {
  /** Name of the file, such as `0001_init.sql`, for the error messages. */
  readonly file: string
  readonly sql: string
}

/**
 * Checks that a plugin's SQL only creates, changes and drops database objects of the plugin itself. Runs nothing.
 * @throws PluginLifecycleError for any other statement; the message names the plugin, the file, the line and the
 * reason.
 */
export async function checkStatements({ file, sql, ...names }: PluginSql): Promise<void> {
  const parse = await loadSqlParser()
  for (const { statement, line } of statementsOf(parse, { id: names.id, file, sql })) {
    const reason = statementRefusal(statement, { ...names, parse })
    if (reason !== null) throw new PluginLifecycleError(`${file} of plugin ${names.id}, line ${line}: ${reason}`)
  }
}

/**
 * Returns the statements of a plugin's SQL, each with the line on which it begins.
 * @throws PluginLifecycleError when it is not valid SQL.
 */
export async function parseStatements(sql: Omit<PluginSql, 'reads'>): Promise<ParsedStatement[]> {
  return statementsOf(await loadSqlParser(), sql)
}

/** A statement of a plugin's SQL. */
export interface ParsedStatement {
  readonly statement: SqlNode
  readonly line: number
}

function statementsOf(parse: CheckContext['parse'], { id, file, sql }: Omit<PluginSql, 'reads'>): ParsedStatement[] {
  let tree: unknown
  try {
    tree = parse(sql)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new PluginLifecycleError(`${file} of plugin ${id} is not valid SQL: ${reason}.`, { cause: error })
  }
  const statements = isNode(tree) && Array.isArray(tree['stmts']) ? tree['stmts'] : []
  const bytes = Buffer.from(sql)
  return statements.filter(isNode).map((parsed) => {
    const start = typeof parsed['stmt_location'] === 'number' ? parsed['stmt_location'] : 0
    // The location is the byte offset at which the previous statement ended: white space and comments may come first.
    const text = bytes.subarray(start).toString()
    const blank = /^(\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*/.exec(text)?.[0] ?? ''
    const line = bytes.subarray(0, start).toString().concat(blank).split('\n').length
    return { statement: nodeAt(parsed, 'stmt'), line }
  })
}
