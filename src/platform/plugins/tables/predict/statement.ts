import { APP_ROLE } from '../../../data/database.ts'
import { isNode, listAt, nodeAt, nodesOf, qualifiedName, type SqlNode, textAt } from '../../statements/sql-tree.ts'
import { addColumn, addConstraint, addIndex, changeColumn, dropColumn, typeOf } from './columns.ts'
import { alterEnum, onTable, rename } from './names.ts'
import type { DatabaseState, TableState } from './state.ts'

type Prediction = (state: DatabaseState, node: SqlNode) => string | null

/** What each kind of statement does. Statements of other kinds, such as UPDATE, change no table, type or index. */
const PREDICTIONS: Readonly<Record<string, Prediction>> = {
  CreateStmt: createTable,
  ViewStmt: (state, node) => {
    const name = textAt(nodeAt(node, 'view'), 'relname')
    const existing = state.tables.get(name)
    if (existing && node['replace'] !== true) return `there is a table or view ${name} already`
    state.tables.set(name, { ...(existing ?? newTable(name, true)), isKnown: false })
    return null
  },
  AlterTableStmt: (state, node) =>
    // ALTER INDEX and ALTER SEQUENCE are of this kind too.
    textAt(node, 'objtype') !== 'OBJECT_TABLE'
      ? null
      : onTable(state, nodeAt(node, 'relation'), node['missing_ok'] === true, (table) => {
          for (const command of listAt(node, 'cmds').filter(isNode)) {
            const problem = alterTable(state, table, nodeAt(command, 'AlterTableCmd'))
            if (problem !== null) return problem
          }
          return null
        }),
  IndexStmt: createIndex,
  CreateEnumStmt: (state, node) => {
    const { name } = qualifiedName(listAt(node, 'typeName'))
    if (state.types.has(name)) return `there is a type ${name} already`
    state.types.set(name, textsOf(listAt(node, 'vals')))
    return null
  },
  CreateDomainStmt: (state, node) => {
    const { name } = qualifiedName(listAt(node, 'domainname'))
    if (state.types.has(name)) return `there is a type ${name} already`
    state.types.set(name, null)
    return null
  },
  CreateExtensionStmt: (state) => {
    state.hasUnknownTypes = true
    return null
  },
  AlterEnumStmt: alterEnum,
  CreatePolicyStmt: (state, node) =>
    onTable(state, nodeAt(node, 'table'), false, (table) => {
      table.hasPolicy = true
      return null
    }),
  GrantStmt: grant,
  DropStmt: drop,
  RenameStmt: rename,
}

/**
 * Changes the state as a statement of a plugin's migration would change the database. Returns why PostgreSQL would
 * refuse the statement, as the end of a sentence; null when nothing of the kind is known.
 */
export function predictStatement(state: DatabaseState, statement: SqlNode): string | null {
  const [kind = '', node] = Object.entries(statement)[0] ?? []
  return isNode(node) ? (PREDICTIONS[kind]?.(state, node) ?? null) : null
}

function newTable(name: string, isView: boolean): TableState {
  const row = { name, isView, hasWorkspace: false, isProtected: false, isOverGranted: false, isReadable: false }
  return { row, columns: new Map(), keys: [], isSecured: false, hasPolicy: false, isKnown: true }
}

function createTable(state: DatabaseState, node: SqlNode): string | null {
  const name = textAt(nodeAt(node, 'relation'), 'relname')
  if (state.tables.has(name)) return node['if_not_exists'] === true ? null : `there is a table or view ${name} already`
  const table = newTable(name, false)
  state.tables.set(name, table)
  // A partition or a typed table has the columns of another one.
  if (['inhRelations', 'ofTypename', 'partbound'].some((key) => node[key] !== undefined)) table.isKnown = false
  for (const element of listAt(node, 'tableElts').filter(isNode)) {
    if ('ColumnDef' in element) {
      const problem = addColumn(state, table, nodeAt(element, 'ColumnDef'))
      if (problem !== null) return problem
    } else if (!('Constraint' in element)) table.isKnown = false
  }
  // Constraints may come before the columns that they name.
  for (const element of [...listAt(node, 'tableElts'), ...listAt(node, 'constraints')].filter(isNode)) {
    const problem = 'Constraint' in element ? addConstraint(state, table, nodeAt(element, 'Constraint'), null) : null
    if (problem !== null) return problem
  }
  return null
}

function createIndex(state: DatabaseState, node: SqlNode): string | null {
  return onTable(state, nodeAt(node, 'relation'), false, (table) => {
    // The name of an expression is empty.
    const columns = nodesOf(node, 'IndexElem').map((element) => textAt(element, 'name'))
    const referred = nodesOf(node, 'ColumnRef').map((reference) => qualifiedName(listAt(reference, 'fields')).name)
    const missing = columns.find((name) => name !== '' && table.isKnown && !table.columns.has(name))
    if (missing !== undefined) return `${table.row.name} has no column ${missing}`
    const name = textAt(node, 'idxname')
    if (node['if_not_exists'] === true && state.indexes.has(name)) return null
    return addIndex(state, table, name, [...columns, ...referred])
  })
}

/** Alterations that change neither columns, keys nor protection. */
const NEUTRAL: ReadonlySet<string> = new Set([
  'AT_ForceRowSecurity',
  'AT_NoForceRowSecurity',
  'AT_ValidateConstraint',
  'AT_SetStatistics',
  'AT_SetStorage',
  'AT_SetOptions',
  'AT_SetRelOptions',
  'AT_ResetRelOptions',
  'AT_ReplicaIdentity',
])

function alterTable(state: DatabaseState, table: TableState, command: SqlNode): string | null {
  const name = textAt(command, 'name')
  const definition = nodeAt(nodeAt(command, 'def'), 'ColumnDef')
  const isOptional = command['missing_ok'] === true
  switch (textAt(command, 'subtype')) {
    case 'AT_AddColumn':
      return isOptional && table.columns.has(textAt(definition, 'colname')) ? null : addColumn(state, table, definition)
    case 'AT_DropColumn':
      if (!dropColumn(state, table, name) && table.isKnown && !isOptional)
        return `${table.row.name} has no column ${name}`
      return null
    case 'AT_SetNotNull':
      return changeColumn(table, name, () => ({ isRequired: true }))
    case 'AT_DropNotNull':
      return changeColumn(table, name, () => ({ isRequired: false }))
    case 'AT_ColumnDefault':
      return changeColumn(table, name, () => ({
        hasDefault: command['def'] !== undefined,
      }))
    case 'AT_AddIdentity':
      return changeColumn(table, name, () => ({ hasDefault: true }))
    case 'AT_AlterColumnType': {
      const type = typeOf(state, definition)
      if ('problem' in type) return type.problem
      if (!type.isKnown) table.isKnown = false
      return changeColumn(table, name, () => ({ type: type.type, isList: type.isList, values: type.values }))
    }
    case 'AT_AddConstraint':
      return addConstraint(state, table, nodeAt(nodeAt(command, 'def'), 'Constraint'), null)
    case 'AT_DropConstraint':
      table.keys = table.keys.filter((key) => key.name !== name)
      // A constraint of PostgreSQL 18 may be a NOT NULL: which columns may be empty is no longer certain.
      if (!state.indexes.delete(name)) table.isKnown = table.isKnown && name.endsWith('_fkey')
      return null
    case 'AT_EnableRowSecurity':
      table.isSecured = true
      return null
    default:
      if (!NEUTRAL.has(textAt(command, 'subtype'))) table.isKnown = false
      return null
  }
}

function grant(state: DatabaseState, node: SqlNode): string | null {
  const roles = listAt(node, 'grantees')
    .filter(isNode)
    .map((part) => textAt(nodeAt(part, 'RoleSpec'), 'rolename'))
  if (node['is_grant'] !== true || textAt(node, 'objtype') !== 'OBJECT_TABLE' || !roles.includes(APP_ROLE)) return null
  const privileges = listAt(node, 'privileges')
    .filter(isNode)
    .map((part) => textAt(nodeAt(part, 'AccessPriv'), 'priv_name'))
  // ALL PRIVILEGES names none.
  const isAll = privileges.length === 0
  for (const object of listAt(node, 'objects').filter(isNode)) {
    // A sequence, which is not in the state, may be granted like a table.
    const table = state.tables.get(textAt(nodeAt(object, 'RangeVar'), 'relname'))
    if (!table) continue
    const { isReadable, isOverGranted } = table.row
    table.row = {
      ...table.row,
      isReadable: isReadable || isAll || privileges.includes('select'),
      isOverGranted: isOverGranted || isAll || privileges.some((name) => name === 'truncate' || name === 'trigger'),
    }
  }
  return null
}

function drop(state: DatabaseState, node: SqlNode): string | null {
  const isOptional = node['missing_ok'] === true
  for (const object of listAt(node, 'objects').filter(isNode)) {
    const { name } = qualifiedName(listAt(nodeAt(object, 'List'), 'items'))
    const { name: typeName } = qualifiedName(listAt(nodeAt(object, 'TypeName'), 'names'))
    switch (textAt(node, 'removeType')) {
      case 'OBJECT_TABLE':
      case 'OBJECT_VIEW':
        if (!state.tables.delete(name) && !isOptional) return `there is no table or view ${name}`
        for (const [index, { table }] of state.indexes) if (table === name) state.indexes.delete(index)
        break
      case 'OBJECT_INDEX':
        if (!state.indexes.delete(name) && !isOptional) return `there is no index ${name}`
        break
      case 'OBJECT_TYPE':
      case 'OBJECT_DOMAIN':
        if (!state.types.delete(typeName) && !isOptional) return `there is no type ${typeName}`
        break
    }
  }
  return null
}

function textsOf(parts: readonly unknown[]): string[] {
  return parts.map((part) => (isNode(part) ? textAt(nodeAt(part, 'String'), 'sval') : ''))
}
