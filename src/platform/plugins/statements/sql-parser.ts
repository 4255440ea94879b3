/** Returns the parse tree of SQL, in the JSON format of libpg_query. Throws when the SQL is not valid. */
export type ParseSql = (sql: string) => unknown

let parse: ParseSql | null = null
let loading: Promise<ParseSql> | null = null

/**
 * Loads PostgreSQL's own parser, which is WebAssembly. It is loaded only where SQL of plugins is parsed, because a
 * server without plugins starts faster without it.
 */
export async function loadSqlParser(): Promise<ParseSql> {
  loading ??= import('libpg-query').then(async ({ loadModule, parseSync }) => {
    await loadModule()
    parse = parseSync
    return parseSync
  })
  return loading
}

/**
 * Parses SQL at once, so that the statements of a plugin keep their order.
 * @throws Error when the SQL is not valid, or when `loadSqlParser` has not ended before.
 */
export function parseSql(sql: string): unknown {
  if (!parse) throw new Error('The SQL parser is not loaded. Await loadSqlParser() first.')
  return parse(sql)
}
