import { listAt, nodeAt, qualifiedName, type SqlNode, textAt } from '../../statements/sql-tree.ts'
import type { DatabaseState, TableState } from './state.ts'

/**
 * Runs a callback with the table or view that a statement names. Returns the callback's result, or the problem when
 * there is no such table.
 * @param isOptional Whether the statement allows that there is none, such as ALTER TABLE IF EXISTS.
 */
export function onTable(
  state: DatabaseState,
  range: SqlNode,
  isOptional: boolean,
  run: (table: TableState) => string | null,
): string | null {
  const name = textAt(range, 'relname')
  const table = state.tables.get(name)
  if (table) return run(table)
  return isOptional ? null : `there is no table or view ${name}`
}

/** Adds a value to an enum, or renames one. */
export function alterEnum(state: DatabaseState, node: SqlNode): string | null {
  const { name } = qualifiedName(listAt(node, 'typeName'))
  const values = state.types.get(name)
  if (!values) return state.types.has(name) ? null : `there is no type ${name}`
  const [oldValue, newValue] = [textAt(node, 'oldVal'), textAt(node, 'newVal')]
  if (values.includes(newValue))
    return node['skipIfNewValExists'] === true ? null : `the type ${name} has the value ${newValue} already`
  if (oldValue !== '' && !values.includes(oldValue)) return `the type ${name} has no value ${oldValue}`
  replaceType(state, name, name, [...values.filter((value) => value !== oldValue), newValue])
  return null
}

/** Gives a type another name and other values, also in the columns that have the type. */
function replaceType(state: DatabaseState, from: string, to: string, values: readonly string[] | null): void {
  state.types.delete(from)
  state.types.set(to, values)
  for (const table of state.tables.values())
    for (const [name, column] of table.columns)
      if (column.type === from) table.columns.set(name, { ...column, type: to, values })
}

/** Renames a table, column, type, index or constraint. */
export function rename(state: DatabaseState, node: SqlNode): string | null {
  const to = textAt(node, 'newname')
  const range = nodeAt(node, 'relation')
  const from = textAt(range, 'relname')
  const isOptional = node['missing_ok'] === true
  switch (textAt(node, 'renameType')) {
    case 'OBJECT_TYPE': {
      const { name } = qualifiedName(listAt(nodeAt(nodeAt(node, 'object'), 'List'), 'items'))
      const values = state.types.get(name)
      if (values === undefined) return `there is no type ${name}`
      if (state.types.has(to)) return `there is a type ${to} already`
      replaceType(state, name, to, values)
      return null
    }
    case 'OBJECT_COLUMN':
      return onTable(state, range, isOptional, (table) => renameColumn(state, table, textAt(node, 'subname'), to))
    case 'OBJECT_TABLE':
    case 'OBJECT_VIEW':
      // ALTER TABLE renames sequences and indexes too.
      return onTable(state, range, isOptional || !state.tables.has(from), (table) => {
        if (state.tables.has(to)) return `there is a table or view ${to} already`
        state.tables.delete(from)
        state.tables.set(to, renamedTable(table, to))
        for (const [name, index] of state.indexes)
          if (index.table === from) state.indexes.set(name, { ...index, table: to })
        return null
      })
    case 'OBJECT_INDEX':
      if (state.indexes.has(to)) return `there is an index ${to} already`
      state.indexes.set(to, state.indexes.get(from) ?? { table: '', columns: [] })
      state.indexes.delete(from)
      return null
    case 'OBJECT_TABCONSTRAINT':
      return onTable(state, range, isOptional, (table) => {
        const subname = textAt(node, 'subname')
        table.keys = table.keys.map((key) => (key.name === subname ? { ...key, name: to } : key))
        const index = state.indexes.get(subname)
        if (index !== undefined) state.indexes.set(to, index)
        state.indexes.delete(subname)
        return null
      })
    default:
      return null
  }
}

function renameColumn(state: DatabaseState, table: TableState, from: string, to: string): string | null {
  const column = table.columns.get(from)
  if (!column) return table.isKnown ? `${table.row.name} has no column ${from}` : null
  if (table.columns.has(to)) return `${table.row.name} has a column ${to} already`
  table.columns.delete(from)
  table.columns.set(to, { ...column, name: to })
  const renamed = (columns: readonly string[]) => columns.map((name) => (name === from ? to : name))
  table.keys = table.keys.map((key) => ({ ...key, columns: renamed(key.columns) }))
  for (const [name, index] of state.indexes)
    if (index.table === table.row.name) state.indexes.set(name, { ...index, columns: renamed(index.columns) })
  return null
}

function renamedTable(table: TableState, name: string): TableState {
  return {
    ...table,
    row: { ...table.row, name },
    columns: new Map([...table.columns].map(([key, column]) => [key, { ...column, table: name }])),
    keys: table.keys.map((key) => ({ ...key, table: name })),
  }
}
