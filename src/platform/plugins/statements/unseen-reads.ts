import type { Registry } from '../../registry/object-type.ts'
import { type RecordTable, recordTablesOf } from './record-tables.ts'
import { type SqlScope, type SqlVisitor, walkSql } from './sql-scopes.ts'
import { listAt, qualifiedName, type SqlNode } from './sql-tree.ts'

/** A call of `sees`. */
export interface SeesCall {
  /** Name of an object, or of a model of child rows. */
  readonly name: string
  /** Alias of the table, as PostgreSQL understands it: in lower case unless it was quoted. */
  readonly alias: string
}

export interface StatementReads {
  /** What the statement reads although it may be hidden from the caller, in the order of the statement. */
  readonly unseen: readonly UnseenRead[]
  /** Number of places in which the condition of each call of `sees` is an expression of the statement, by marker. */
  readonly conditions: ReadonlyMap<string, number>
}

export interface UnseenRead {
  /** What the statement does, such as `it reads leases (as l)`. */
  readonly what: string
  /** The call of `sees` that it lacks; null when `sees` can't check what it reads. */
  readonly remedy: SeesCall | null
}

interface TableRead {
  readonly table: string
  readonly alias: string
  /** The records in the table; null when `sees` can't check its rows. */
  readonly records: RecordTable | null
  isSeen: boolean
}

/**
 * Finds out which records a statement reads without a condition of `sees`. A condition covers the table whose alias it
 * names, in the query in which the alias has this meaning. The target of a write needs a condition only when the write
 * returns stored rows.
 * @param tree Parse tree of the statement.
 * @param pluginId Plugin that sends the statement.
 * @param calls The calls of `sees` whose conditions the statement may contain, by the marker that stands for each.
 * @throws Error when a condition does not fit the table that its alias names.
 */
export function readsOf(
  tree: unknown,
  registry: Registry,
  pluginId: string,
  calls: ReadonlyMap<string, SeesCall>,
): StatementReads {
  const { tables, models } = recordTablesOf(registry)
  const conditions = new Map<string, number>()
  const reads: TableRead[] = []
  const functions: string[] = []
  const isChecked = (table: string) => {
    const model = models.get(table)
    // A table of the plugin itself in which no records are stored is not checked. A view may show records.
    return tables.has(table) || model?.pluginId !== pluginId || model.isView
  }

  const visitor: SqlVisitor<TableRead> = {
    table({ table, alias, renamesColumns, isRead }) {
      if (!isChecked(table)) return null
      if (renamesColumns) throw new Error(`it renames the columns of ${table}. Rename them where you select them.`)
      const read: TableRead = { table, alias, records: tables.get(table) ?? null, isSeen: false }
      if (isRead) reads.push(read)
      return read
    },
    expression(kind, node, scope) {
      if (kind === 'FuncCall') {
        const name = functionName(node)
        const table = name.replace(/_search$/, '')
        const isSearch = table !== name && models.has(table)
        const isOfPlugin = registry.plugins.some(({ id, isCore }) => !isCore && name.startsWith(`${id}_`))
        if (isSearch ? isChecked(table) && !isReadIn(scope, table) : isOfPlugin) functions.push(name)
        return
      }
      const marker = soleName(node)
      const call = marker === null ? undefined : calls.get(marker)
      if (marker === null || !call) return
      conditions.set(marker, (conditions.get(marker) ?? 0) + 1)
      seenTable(call, scope).isSeen = true
    },
  }
  walkSql(tree, visitor)
  return {
    unseen: [
      ...reads.filter(({ isSeen }) => !isSeen).map(unseenTable),
      ...functions.map((name) => ({ what: `it calls ${name}(), which may read any record`, remedy: null })),
    ],
    conditions,
  }
}

/** Returns the table that a call of `sees` refers to at its place in the statement. */
function seenTable(call: SeesCall, scope: SqlScope<TableRead> | null): TableRead {
  let at = scope
  while (at && !at.tables.has(call.alias)) at = at.parent
  const read = at?.tables.get(call.alias)
  if (read?.records?.names.includes(call.name)) return read
  const found = read ? `is the table ${read.table}` : 'is not a table of records'
  throw new Error(
    `${textOfCall(call)} is used where ${call.alias} ${at ? found : 'names nothing'}. Pass the alias that a table of ${call.name} has there.`,
  )
}

/**
 * Whether the query, or a query around it, reads the table, and so needs `sees` for it. A search function returns ids of
 * rows of its table and nothing else of them.
 */
function isReadIn(scope: SqlScope<TableRead> | null, table: string): boolean {
  for (let at = scope; at; at = at.parent) for (const read of at.tables.values()) if (read?.table === table) return true
  return false
}

function unseenTable({ table, alias, records }: TableRead): UnseenRead {
  const [name] = records?.names ?? []
  return {
    what: `it reads ${table}${alias === table ? '' : ` (as ${alias})`}`,
    remedy: name === undefined ? null : { name, alias },
  }
}

/** Returns a call of `sees` as an author writes it. */
export function textOfCall({ name, alias }: SeesCall): string {
  return `sees('${name}', sql\`${/^[a-z_][a-z0-9_]*$/.test(alias) ? alias : `"${alias}"`}\`)`
}

/** Returns the name of a column that is written without a table; null for any other column reference. */
function soleName(column: SqlNode): string | null {
  const fields = listAt(column, 'fields')
  return fields.length === 1 ? qualifiedName(fields).name : null
}

function functionName(call: SqlNode): string {
  return qualifiedName(listAt(call, 'funcname')).name
}
