import type { Models } from '../data/models/models.ts'
import type { Plugin } from '../declare/plugin.ts'

/** What a statement of a plugin does. */
export interface GuardedStatement {
  readonly isWrite: boolean
}

interface Token {
  /** Lower case unless it was quoted; one character for a symbol; empty for a literal. */
  readonly text: string
  readonly kind: 'word' | 'symbol' | 'literal'
}

// Comments, literals and quoted names are read as PostgreSQL does, so that nothing hides in them.
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?\*\/|[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|"((?:[^"]|"")*)"|\$\d+|\d+(?:\.\d+)?|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\S/g

// PostgreSQL ends the outer one at its own end, and the pattern above at the first.
const COMMENT_WITHIN = /\/\*(?:(?!\*\/)[\s\S])*\/\*/

const BEGINNINGS: ReadonlySet<string> = new Set(['select', 'with', 'insert', 'update', 'delete', 'merge', 'values'])

/** Tables that no plugin reads, whatever it declares: they hold secrets, or decide what plugins may do. */
const CLOSED_TABLES: ReadonlySet<string> = new Set([
  'installed_plugins',
  'plugin_activations',
  'plugin_handlers',
  'plugin_dead_letters',
  'signing_keys',
  'passwords',
  'refresh_tokens',
  'actor_identities',
  'idempotency_keys',
])

/** Functions and schemas that reach beyond the workspace's rows: files, settings, large objects, other statements. */
const CLOSED_NAMES =
  /^(?:pg_.*|information_schema|graphile_worker|rapport_(?!words$|head$|fold$).*|set_config|current_setting|setval|lo_.*|dblink.*|ts_stat|ts_rewrite|(?:query|table|cursor|schema|database)_to_xml.*)$/

/**
 * Looks a plugin's statement over. It may read and write the plugin's own tables and read those under `reads` of its
 * manifest; it is one statement, and changes neither tables nor the session. This is a guard against mistakes, and tells
 * reviewers what a plugin touches; it is no sandbox: code in the server's process is trusted not to go around it.
 * @throws Error that says what is refused and what to do.
 */
export function checkStatement(text: string, plugin: Plugin, models: Models): GuardedStatement {
  return remembered(text, plugin, models, 'statement', (tokens) => {
    const [first] = tokens
    if (!first || !BEGINNINGS.has(first.text))
      throw refused(
        plugin,
        `it begins with ${first?.text ?? 'nothing'}`,
        'Only select, insert, update, delete and merge are allowed.',
      )
    return check(tokens, plugin, models)
  })
}

/**
 * The same for a piece of SQL that a field, condition or query declares: it only reads. Throws as `checkStatement` does.
 */
export function checkExpression(text: string, plugin: Plugin, models: Models): void {
  remembered(text, plugin, models, 'expression', (tokens) => {
    const checked = check(tokens, plugin, models)
    if (checked.isWrite) throw refused(plugin, 'it writes', 'What a read is compiled from only reads.')
    return checked
  })
}

/** Tables that a piece of SQL names, sorted. */
export function tablesIn(text: string, models: Models): string[] {
  const tablePlugins = tablePluginsOf(models)
  const tokens = tokensOf(text)
  const named = tokens.flatMap(({ text: word, kind }, index) => {
    if (kind !== 'word' || isNameOnly(tokens, index)) return []
    // A table's own search reads the table.
    const table = tablePlugins.has(word) ? word : word.replace(/_search$/, '')
    return tablePlugins.has(table) ? [table] : []
  })
  return [...new Set(named)].sort()
}

/** Whether the word names something within the statement: a column, or what `as` calls something. */
function isNameOnly(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1]?.text
  return before === 'as' || (before === '.' && tokens[index - 2]?.text !== 'public')
}

const known = new WeakMap<Models, WeakMap<Plugin, Map<string, GuardedStatement>>>()
const MAX_REMEMBERED = 1_000

function remembered(
  text: string,
  plugin: Plugin,
  models: Models,
  kind: string,
  look: (tokens: readonly Token[]) => GuardedStatement,
): GuardedStatement {
  const byPlugin = known.get(models) ?? new WeakMap<Plugin, Map<string, GuardedStatement>>()
  known.set(models, byPlugin)
  const statements = byPlugin.get(plugin) ?? new Map<string, GuardedStatement>()
  byPlugin.set(plugin, statements)
  const key = `${kind} ${text}`
  const found = statements.get(key)
  if (found) return found
  if (/\bu&["']/i.test(text))
    throw refused(plugin, 'it has a name or text with escapes of the kind U&', 'Write the characters themselves.')
  if (COMMENT_WITHIN.test(text)) throw refused(plugin, 'it has a comment within a comment', 'Take one out.')
  const checked = look(tokensOf(text))
  if (statements.size < MAX_REMEMBERED) statements.set(key, checked)
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

function check(tokens: readonly Token[], plugin: Plugin, models: Models): GuardedStatement {
  const tablePlugins = tablePluginsOf(models)
  const readable = new Set(plugin.reads)
  let isWrite = false
  let locks = false
  let foreign: string | null = null
  for (const [index, token] of tokens.entries()) {
    const before = tokens[index - 1]?.text
    if (token.kind === 'symbol' && token.text === ';' && index < tokens.length - 1)
      throw refused(plugin, 'it is more than one', 'Send each by itself.')
    if (token.kind !== 'word') continue
    if (CLOSED_NAMES.test(token.text))
      throw refused(plugin, `it names ${token.text}`, 'The catalog, settings and files are closed to plugins.')
    // A table's own search reads the table.
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
      foreign = table
    }
    if (token.text === 'into' && before !== 'insert' && before !== 'merge')
      throw refused(plugin, 'it makes a table', 'Tables are made by migrations only.')
    if (isLocking(tokens, index)) locks = true
    const target = targetOf(tokens, index)
    if (target === null) continue
    isWrite = true
    const isOwn =
      tablePlugins.get(target) === plugin.id || (!tablePlugins.has(target) && target.startsWith(`${plugin.id}_`))
    if (!isOwn)
      throw refused(
        plugin,
        `it writes ${target || 'something'}`,
        `Its own tables are called ${plugin.id}_…; records of others are written through \`records\`.`,
      )
  }
  if (locks && foreign !== null)
    throw refused(plugin, `it locks rows beside ${foreign}`, 'Lock rows of own tables only, in a statement of its own.')
  return { isWrite }
}

/** `for update`, `for no key update`, `for share`, `for key share`. */
function isLocking(tokens: readonly Token[], index: number): boolean {
  return tokens[index]?.text === 'for' && ['update', 'no', 'share', 'key'].includes(tokens[index + 1]?.text ?? '')
}

/** The table that the word at the index begins to write, or null where it begins no writing. */
function targetOf(tokens: readonly Token[], index: number): string | null {
  const textAt = (place: number) => tokens[place]?.text ?? ''
  const before = textAt(index - 1)
  let place: number
  switch (textAt(index)) {
    case 'insert':
    case 'merge':
      if (textAt(index + 1) !== 'into') return null
      place = index + 2
      break
    case 'delete':
      if (textAt(index + 1) !== 'from') return null
      place = index + 2
      break
    case 'update':
      if (['for', 'key', 'do', 'on', 'then', 'as', '.'].includes(before)) return null
      place = index + 1
      break
    default:
      return null
  }
  if (textAt(place) === 'only') place++
  if (textAt(place) === 'public' && textAt(place + 1) === '.') place += 2
  return textAt(place)
}

const tableOwners = new WeakMap<Models, ReadonlyMap<string, string>>()

function tablePluginsOf(models: Models): ReadonlyMap<string, string> {
  const found = tableOwners.get(models)
  if (found) return found
  const tablePlugins = new Map([...models.models.values()].map(({ table, pluginId }) => [table, pluginId]))
  tableOwners.set(models, tablePlugins)
  return tablePlugins
}

function refused(plugin: Plugin, why: string, remedy: string): Error {
  return new Error(`A statement of the plugin ${plugin.id} was not sent: ${why}. ${remedy}`)
}
