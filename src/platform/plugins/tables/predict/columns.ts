import { isNode, listAt, nodeAt, qualifiedName, type SqlNode, textAt } from '../../statements/sql-tree.ts'
import type { ColumnRow } from '../verify-models.ts'
import type { KeyRow } from '../verify-tables.ts'
import type { DatabaseState, TableState } from './state.ts'

/** Types that PostgreSQL's parser does not call by the name under which the catalog has them. */
const SERIAL_TYPES: Readonly<Record<string, string>> = { serial: 'int4', bigserial: 'int8', smallserial: 'int2' }

/** Adds a column that `ColumnDef` defines to a table, with the constraints of the column. */
export function addColumn(state: DatabaseState, table: TableState, definition: SqlNode): string | null {
  const name = textAt(definition, 'colname')
  if (table.columns.has(name)) return `${table.row.name} has a column ${name} already`
  const type = typeOf(state, definition)
  if ('problem' in type) return type.problem
  if (!type.isKnown) table.isKnown = false
  const isSerial = type.isSerial
  table.columns.set(name, {
    table: table.row.name,
    name,
    type: type.type,
    isList: type.isList,
    isRequired: isSerial,
    hasDefault: isSerial,
    values: type.values,
  })
  for (const constraint of listAt(definition, 'constraints').filter(isNode)) {
    const problem = addConstraint(state, table, nodeAt(constraint, 'Constraint'), name)
    if (problem !== null) return problem
  }
  return null
}

/** The type of a column, from `typeName`. `isKnown` is false for a type that is neither built in nor an enum. */
type PredictedType = Pick<ColumnRow, 'type' | 'isList' | 'values'> & {
  readonly isKnown: boolean
  readonly isSerial: boolean
}

export function typeOf(state: DatabaseState, definition: SqlNode): PredictedType | { readonly problem: string } {
  const node = nodeAt(definition, 'typeName')
  const { name } = qualifiedName(listAt(node, 'names'))
  const values = state.types.get(name)
  const isOther = state.otherTypes.has(name) || name in SERIAL_TYPES
  // A table is a type too: that of its rows.
  if (!isOther && values === undefined && !state.tables.has(name) && !state.hasUnknownTypes)
    return { problem: `there is no type ${name}` }
  return {
    type: SERIAL_TYPES[name] ?? name,
    isList: listAt(node, 'arrayBounds').length > 0,
    values: values ?? null,
    isKnown: isOther || Array.isArray(values),
    isSerial: name in SERIAL_TYPES,
  }
}

/** Changes a column of the table, if it has the column; otherwise returns the problem. */
export function changeColumn(
  table: TableState,
  name: string,
  change: (column: ColumnRow) => Partial<ColumnRow>,
): string | null {
  const column = table.columns.get(name)
  if (!column) return table.isKnown ? `${table.row.name} has no column ${name}` : null
  table.columns.set(name, { ...column, ...change(column) })
  return null
}

/** Removes a column from a table, with the indexes and keys that name it. Returns false when there is no such column. */
export function dropColumn(state: DatabaseState, table: TableState, name: string): boolean {
  for (const [index, { table: owner, columns }] of state.indexes)
    if (owner === table.row.name && columns.includes(name)) state.indexes.delete(index)
  table.keys = table.keys.filter(({ columns }) => !columns.includes(name))
  return table.columns.delete(name)
}

/**
 * Adds a constraint to a table.
 * @param column The column that has the constraint; null for a constraint of the table.
 */
export function addConstraint(
  state: DatabaseState,
  table: TableState,
  constraint: SqlNode,
  column: string | null,
): string | null {
  const named = (key: string) => {
    const names = listAt(constraint, key).map((part) => (isNode(part) ? textAt(nodeAt(part, 'String'), 'sval') : ''))
    return names.length === 0 && column !== null ? [column] : names
  }
  const eachColumn = (names: readonly string[], change: (column: ColumnRow) => Partial<ColumnRow>) => {
    for (const name of names) {
      const problem = changeColumn(table, name, change)
      if (problem !== null) return problem
    }
    return null
  }
  switch (textAt(constraint, 'contype')) {
    case 'CONSTR_NOTNULL':
      return eachColumn(named('keys'), () => ({ isRequired: true }))
    case 'CONSTR_NULL':
      return null
    case 'CONSTR_DEFAULT':
    case 'CONSTR_GENERATED':
      return eachColumn(named('keys'), () => ({ hasDefault: true }))
    case 'CONSTR_IDENTITY':
      return eachColumn(named('keys'), () => ({ hasDefault: true, isRequired: true }))
    case 'CONSTR_PRIMARY':
    case 'CONSTR_UNIQUE': {
      const isPrimary = textAt(constraint, 'contype') === 'CONSTR_PRIMARY'
      // With USING INDEX the columns are those of the index, which gets the name of the constraint.
      if (named('keys').length === 0) table.isKnown = false
      const index = textAt(constraint, 'indexname')
      const columns = state.indexes.get(index)?.columns ?? [...named('keys'), ...named('including')]
      state.indexes.delete(index)
      return (
        eachColumn(named('keys'), () => (isPrimary ? { isRequired: true } : {})) ??
        addIndex(state, table, textAt(constraint, 'conname') || index, columns)
      )
    }
    case 'CONSTR_FOREIGN':
      return addKey(state, table, constraint, named('fk_attrs'))
    default:
      return null
  }
}

/**
 * Adds an index.
 * @param name An empty name stands for one that PostgreSQL chooses.
 * @param columns The columns that the index names, also within expressions. An empty text stands for an expression.
 */
export function addIndex(
  state: DatabaseState,
  table: TableState,
  name: string,
  columns: readonly string[],
): string | null {
  if (name === '') return null
  if (state.indexes.has(name)) return `there is an index ${name} already`
  state.indexes.set(name, { table: table.row.name, columns: [...new Set(columns)].filter((each) => each !== '') })
  return null
}

function addKey(
  state: DatabaseState,
  table: TableState,
  constraint: SqlNode,
  columns: readonly string[],
): string | null {
  const target = textAt(nodeAt(constraint, 'pktable'), 'relname')
  if (!state.tables.has(target) && !state.otherTables.has(target)) return `there is no table ${target} to refer to`
  const missing = table.isKnown ? columns.find((name) => !table.columns.has(name)) : undefined
  if (missing !== undefined) return `${table.row.name} has no column ${missing}`
  const action = textAt(constraint, 'fk_del_action')
  const name = textAt(constraint, 'conname') || `${table.row.name}_${columns.join('_')}_fkey`
  const key: KeyRow = {
    table: table.row.name,
    name,
    target,
    columns,
    allowsDelete:
      action === 'c' || action === 'n' || (action === 'a' && constraint['deferrable'] === true && target === 'actors'),
  }
  table.keys = [...table.keys, key]
  return null
}
