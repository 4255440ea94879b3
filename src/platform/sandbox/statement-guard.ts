import { LRUCache } from 'lru-cache'
import type { Models } from '../data/models/models.ts'
import type { Plugin } from '../declare/plugin.ts'

/** A statement of a plugin that was checked. */
export interface GuardedStatement {
  readonly isWrite: boolean
}

interface Token {
  /** In lower case unless it was quoted; one character for a symbol; empty for a literal. */
  readonly text: string
  readonly kind: 'word' | 'symbol' | 'literal'
}

// Reads comments, literals and quoted names as PostgreSQL does, so that no part of a statement can be hidden in them.
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?\*\/|[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|"((?:[^"]|"")*)"|\$\d+|\d+(?:\.\d+)?|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\S/g

// A nested comment: PostgreSQL ends the outer comment at the last `*/`, but the pattern above at the first `*/`. Such a
// statement is refused.
const NESTED_COMMENT = /\/\*(?:(?!\*\/)[\s\S])*\/\*/

const FIRST_WORDS: ReadonlySet<string> = new Set(['select', 'with', 'insert', 'update', 'delete', 'merge', 'values'])

/** Tables that no plugin may read, even if its manifest lists them under `reads`: secrets, and the state of plugins. */
const CLOSED_TABLES: ReadonlySet<string> = new Set([
  'installed_plugins',
  'plugin_activations',
  'plugin_handlers',
  'plugin_dead_letters',
  'plugin_job_runs',
  'signing_keys',
  'passwords',
  'refresh_tokens',
  'actor_identities',
  'idempotency_keys',
])

/**
 * Functions and schemas that give access to more than the workspace's rows: files, settings, large objects, other
 * statements. Of the functions `rapport_…` only the three functions for search are allowed.
 */
const CLOSED_NAMES =
  /^(?:pg_.*|information_schema|graphile_worker|rapport_(?!words$|head$|fold$).*|set_config|current_setting|setval|lo_.*|dblink.*|ts_stat|ts_rewrite|(?:query|table|cursor|schema|database)_to_xml.*)$/

/**
 * Checks a statement of a plugin. It may read and write the plugin's own tables and read the tables under `reads` of
 * its manifest. It has to be a single statement, and must not change the schema or the session. This protects against
 * mistakes and lets reviewers trust the list of tables; it does not protect against malicious code, which runs in the
 * server's process and could bypass it.
 * @throws Error that says what is refused and what to do.
 */
export function checkStatement(text: string, plugin: Plugin, models: Models): GuardedStatement {
  return cachedCheck(text, plugin, models, 'statement', (tokens) => {
    const [first] = tokens
    if (!first || !FIRST_WORDS.has(first.text))
      throw refused(
        plugin,
        `it begins with ${first?.text ?? 'nothing'}`,
        'Only select, with, insert, update, delete, merge and values are allowed.',
      )
    return checkTokens(tokens, plugin, models)
  })
}

/**
 * Checks an SQL expression that a field or condition of a plugin declares. It may read the same tables as a statement,
 * and must not write.
 * @throws Error that says what is refused and what to do.
 */
export function checkExpression(text: string, plugin: Plugin, models: Models): void {
  cachedCheck(text, plugin, models, 'expression', (tokens) => {
    const checked = checkTokens(tokens, plugin, models)
    if (checked.isWrite) throw refused(plugin, 'it writes', 'SQL of fields and conditions may only read.')
    return checked
  })
}

/** Returns the tables of the models that an SQL text names, sorted. */
export function tablesIn(text: string, models: Models): string[] {
  const tablePlugins = tablePluginsOf(models)
  const tokens = tokensOf(text)
  const tables = tokens.flatMap(({ text: word, kind }, index) => {
    if (kind !== 'word' || isNameOnly(tokens, index)) return []
    // The search function of a table, `<table>_search`, reads the table.
    const table = tablePlugins.has(word) ? word : word.replace(/_search$/, '')
    return tablePlugins.has(table) ? [table] : []
  })
  return [...new Set(tables)].sort()
}

/** Whether the word at the index is not a table: a column after a dot, or an alias after `as`. */
function isNameOnly(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1]?.text
  return before === 'as' || (before === '.' && tokens[index - 2]?.text !== 'public')
}

const checkedStatements = new WeakMap<Models, WeakMap<Plugin, LRUCache<string, GuardedStatement>>>()
/** Maximum number of cached statements of a plugin, and of their characters. */
const CACHE_LIMITS = { max: 1_000, maxSize: 1_000_000 }

/** Returns the result of a check from the cache, or runs the check. A refused statement is not cached. */
function cachedCheck(
  text: string,
  plugin: Plugin,
  models: Models,
  kind: string,
  check: (tokens: readonly Token[]) => GuardedStatement,
): GuardedStatement {
  const byPlugin = checkedStatements.get(models) ?? new WeakMap<Plugin, LRUCache<string, GuardedStatement>>()
  checkedStatements.set(models, byPlugin)
  const statements = byPlugin.get(plugin) ?? new LRUCache<string, GuardedStatement>(CACHE_LIMITS)
  byPlugin.set(plugin, statements)
  const key = `${kind} ${text}`
  const cached = statements.get(key)
  if (cached) return cached
  if (/\bu&["']/i.test(text))
    throw refused(plugin, 'it has a name or text with escapes of the kind U&', 'Write the characters themselves.')
  if (NESTED_COMMENT.test(text)) throw refused(plugin, 'it has a comment within a comment', 'Remove one of them.')
  const checked = check(tokensOf(text))
  statements.set(key, checked, { size: key.length })
  return checked
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  for (const [token, , quoted] of text.matchAll(TOKEN)) {
    if (token.startsWith('--') || token.startsWith('/*')) continue
    if (quoted !== undefined) tokens.push({ text: quoted.replaceAll('""', '"'), kind: 'word' })
    else if (/^[A-Za-z_\u0080-\uffff][^']*$/.test(token)) tokens.push({ text: token.toLowerCase(), kind: 'word' })
    else if (token.length === 1 && !/\d/.test(token)) tokens.push({ text: token, kind: 'symbol' })
    else tokens.push({ text: '', kind: 'literal' })
  }
  return tokens
}

function checkTokens(tokens: readonly Token[], plugin: Plugin, models: Models): GuardedStatement {
  const tablePlugins = tablePluginsOf(models)
  const readable = new Set(plugin.reads)
  let isWrite = false
  let locksRows = false
  let foreignTable: string | null = null
  for (const [index, token] of tokens.entries()) {
    const before = tokens[index - 1]?.text
    if (token.kind === 'symbol' && token.text === ';' && index < tokens.length - 1)
      throw refused(plugin, 'it is more than one statement', 'Send each statement separately.')
    if (token.kind !== 'word') continue
    if (CLOSED_NAMES.test(token.text))
      throw refused(plugin, `it names ${token.text}`, 'Plugins may not use the catalog, settings and files.')
    // The search function of a table, `<table>_search`, reads the table.
    const table = tablePlugins.has(token.text) ? token.text : token.text.replace(/_search$/, '')
    const pluginId = tablePlugins.get(table)
    if (pluginId !== undefined && pluginId !== plugin.id && !isNameOnly(tokens, index)) {
      if (CLOSED_TABLES.has(table)) throw refused(plugin, `it reads ${table}`, 'That table is closed to plugins.')
      if (!readable.has(table))
        throw refused(
          plugin,
          `it reads ${table} of ${pluginId}`,
          `Name ${table} under \`reads\` of the manifest, or read through \`records\`.`,
        )
      foreignTable = table
    }
    if (token.text === 'into' && before !== 'insert' && before !== 'merge')
      throw refused(plugin, 'it creates a table', 'Only migrations may create tables.')
    if (isLocking(tokens, index)) locksRows = true
    const target = targetOf(tokens, index)
    if (target === null) continue
    isWrite = true
    const isOwn =
      tablePlugins.get(target) === plugin.id || (!tablePlugins.has(target) && target.startsWith(`${plugin.id}_`))
    if (!isOwn)
      throw refused(
        plugin,
        `it writes ${target || 'something'}`,
        `The plugin's own tables are named ${plugin.id}_…; write other records through \`records\`.`,
      )
  }
  if (locksRows && foreignTable !== null)
    throw refused(
      plugin,
      `it locks rows and reads ${foreignTable}`,
      "Lock only rows of the plugin's own tables, in a statement that reads no other table.",
    )
  return { isWrite }
}

/** Whether a locking clause begins at the index: `for update`, `for no key update`, `for share` or `for key share`. */
function isLocking(tokens: readonly Token[], index: number): boolean {
  return tokens[index]?.text === 'for' && ['update', 'no', 'share', 'key'].includes(tokens[index + 1]?.text ?? '')
}

/** Returns the table that is written when a write begins with the word at the index; otherwise null. */
function targetOf(tokens: readonly Token[], index: number): string | null {
  const textAt = (at: number) => tokens[at]?.text ?? ''
  const before = textAt(index - 1)
  let tableIndex: number
  switch (textAt(index)) {
    case 'insert':
    case 'merge':
      if (textAt(index + 1) !== 'into') return null
      tableIndex = index + 2
      break
    case 'delete':
      if (textAt(index + 1) !== 'from') return null
      tableIndex = index + 2
      break
    case 'update':
      // A locking clause, a column or alias, or a part of `insert` or `merge`, whose table is found at that keyword.
      if (['for', 'key', 'do', 'on', 'then', 'as', '.'].includes(before)) return null
      tableIndex = index + 1
      break
    default:
      return null
  }
  if (textAt(tableIndex) === 'only') tableIndex++
  if (textAt(tableIndex) === 'public' && textAt(tableIndex + 1) === '.') tableIndex += 2
  return textAt(tableIndex)
}

const tablePluginsByModels = new WeakMap<Models, ReadonlyMap<string, string>>()

/** Returns the plugin id of each table of the models. */
function tablePluginsOf(models: Models): ReadonlyMap<string, string> {
  const cached = tablePluginsByModels.get(models)
  if (cached) return cached
  const tablePlugins = new Map([...models.models.values()].map(({ table, pluginId }) => [table, pluginId]))
  tablePluginsByModels.set(models, tablePlugins)
  return tablePlugins
}

function refused(plugin: Plugin, why: string, remedy: string): Error {
  return new Error(`A statement of the plugin ${plugin.id} was not sent: ${why}. ${remedy}`)
}
