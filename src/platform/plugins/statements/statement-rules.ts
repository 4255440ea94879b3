import { APP_ROLE } from '../../data/database.ts'
import { ALLOWED_EXTENSIONS } from './extensions.ts'
import { bodyRefusal, functionRefusal, triggerRefusal } from './function-rules.ts'
import { isOwn } from './own-names.ts'
import { isNode, listAt, nodeAt, nodesOf, qualifiedName, type SqlNode, textAt } from './sql-tree.ts'

/** The names that a plugin's statements may use. */
export interface AllowedNames {
  /** The plugin's id. */
  readonly id: string
  /** Tables of core and of other plugins that the plugin may read. */
  readonly reads: readonly string[]
}

/** The allowed names, and the parser for the bodies of functions. */
export interface CheckContext extends AllowedNames {
  /** PostgreSQL's parser: returns the parse tree of SQL. Throws when the SQL is not valid. */
  readonly parse: (sql: string) => unknown
}

type StatementCheck = (node: SqlNode, context: CheckContext) => string | null

/**
 * The check for each kind of statement. A check returns why the statement is refused; null for an allowed statement. A
 * statement of a kind that is not listed is refused.
 */
const CHECKS: Readonly<Record<string, StatementCheck>> = {
  CreateStmt: (node, names) => relationRefusal(node, names) ?? parentsRefusal(node, names) ?? readRefusal(node, names),
  CreateEnumStmt: typeNameRefusal,
  AlterEnumStmt: typeNameRefusal,
  CreateDomainStmt: (node, names) => nameRefusal(qualifiedName(listAt(node, 'domainname')), names),
  CreateSeqStmt: (node, names) => relationRefusal(node, names, 'sequence'),
  AlterSeqStmt: (node, names) => relationRefusal(node, names, 'sequence'),
  AlterTableStmt: (node, names) => relationRefusal(node, names) ?? alterationRefusal(node) ?? readRefusal(node, names),
  IndexStmt: (node, names) => relationRefusal(node, names) ?? optionalNameRefusal(textAt(node, 'idxname'), names),
  CreatePolicyStmt: (node, names) => relationRefusal(node, names, 'table') ?? readRefusal(node, names),
  AlterPolicyStmt: (node, names) => relationRefusal(node, names, 'table') ?? readRefusal(node, names),
  GrantStmt: grantRefusal,
  CreateFunctionStmt: (node, context) =>
    nameRefusal(qualifiedName(listAt(node, 'funcname')), context) ??
    functionRefusal(node, context.id) ??
    bodyRefusal(node, context.parse, (tree) => readRefusal(tree, context) ?? callRefusal(tree)),
  CreateTrigStmt: (node, names) => relationRefusal(node, names) ?? triggerRefusal(node, names.id),
  ViewStmt: (node, names) => relationRefusal(node, names, 'view') ?? viewRefusal(node) ?? readRefusal(node, names),
  DropStmt: dropRefusal,
  RenameStmt: renameRefusal,
  InsertStmt: (node, names) => relationRefusal(node, names) ?? readRefusal(node, names),
  UpdateStmt: (node, names) => relationRefusal(node, names) ?? readRefusal(node, names),
  DeleteStmt: (node, names) => relationRefusal(node, names) ?? readRefusal(node, names),
  CommentStmt: commentRefusal,
  CreateExtensionStmt: extensionRefusal,
}

/** Returns why a plugin may not run a statement, or null when it may. */
export function statementRefusal(statement: SqlNode, context: CheckContext): string | null {
  const [kind = '', node] = Object.entries(statement)[0] ?? []
  const check = CHECKS[kind]
  if (!check || !isNode(node)) {
    const what = kind
      .replace(/Stmt$/, '')
      .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
      .toUpperCase()
    return `a plugin's SQL has no ${what} statement: it creates, changes and drops tables, types, indexes and functions of its own.`
  }
  return check(node, context) ?? nestedWriteRefusal(node, context) ?? callRefusal(node)
}

/** Returns why a write within another statement is refused, such as `WITH removed AS (DELETE FROM …) …`, or null. */
function nestedWriteRefusal(node: SqlNode, names: AllowedNames): string | null {
  for (const kind of ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'])
    for (const nested of nodesOf(node, kind)) {
      const reason = relationRefusal(nested, names)
      if (reason !== null) return reason
    }
  return null
}

function nameRefusal(
  { schema, name }: { readonly schema: string; readonly name: string },
  { id }: AllowedNames,
): string | null {
  if (schema !== '' && schema !== 'public') return `${schema}.${name} is in another schema than public.`
  return isOwn(id, name) ? null : `${name} is not the plugin's own: its names start with ${id}_.`
}

function relationRefusal(node: SqlNode, names: AllowedNames, key = 'relation'): string | null {
  const range = nodeAt(node, key)
  if (textAt(range, 'relpersistence') !== 'p') return `${textAt(range, 'relname')} is temporary or unlogged.`
  return nameRefusal({ schema: textAt(range, 'schemaname'), name: textAt(range, 'relname') }, names)
}

function typeNameRefusal(node: SqlNode, names: AllowedNames): string | null {
  return nameRefusal(qualifiedName(listAt(node, 'typeName')), names)
}

function optionalNameRefusal(name: string, names: AllowedNames): string | null {
  return name === '' ? null : nameRefusal({ schema: '', name }, names)
}

/**
 * Returns why a statement is refused, because it reads a table that is neither the plugin's own nor named in `reads`;
 * otherwise null. A foreign key may refer to any table (its target is the node `pktable`).
 */
function readRefusal(node: SqlNode, { id, reads }: AllowedNames): string | null {
  const commonTables = new Set(nodesOf(node, 'CommonTableExpr').map((table) => textAt(table, 'ctename')))
  for (const { relname, schemaname } of nodesOf(node, 'RangeVar', ['pktable'])) {
    const name = String(relname)
    if (schemaname !== undefined && schemaname !== 'public')
      return `${schemaname}.${name} is in another schema than public.`
    if (!isOwn(id, name) && !commonTables.has(name) && !reads.includes(name))
      return `it reads ${name}, which the plugin does not name under reads.`
  }
  return null
}

const REFUSED_ALTERATIONS: Readonly<Record<string, string>> = {
  AT_ChangeOwner: 'it changes the owner of a table.',
  AT_DisableRowSecurity: 'it switches row-level security off.',
  AT_SetTableSpace: 'it moves a table to another tablespace.',
  AT_AddInherit: 'it makes a table inherit from another table.',
  AT_AttachPartition: 'it makes a table a partition of another table.',
}

/**
 * Returns why a new table is refused. It must not inherit from a table that is not the plugin's, or be a partition of
 * such a table, because its rows would appear in that table too. Null when the table is allowed.
 */
function parentsRefusal(node: SqlNode, names: AllowedNames): string | null {
  for (const parent of nodesOf(listAt(node, 'inhRelations'), 'RangeVar')) {
    const reason = nameRefusal({ schema: textAt(parent, 'schemaname'), name: textAt(parent, 'relname') }, names)
    if (reason !== null) return reason
  }
  return null
}

function alterationRefusal(node: SqlNode): string | null {
  if (textAt(node, 'objtype') === 'OBJECT_VIEW') return 'it alters a view. Drop it and create it again.'
  for (const command of nodesOf(node, 'AlterTableCmd')) {
    const reason = REFUSED_ALTERATIONS[textAt(command, 'subtype')]
    if (reason !== undefined) return reason
  }
  return null
}

function grantRefusal(node: SqlNode, names: AllowedNames): string | null {
  for (const grantee of nodesOf(node, 'RoleSpec')) {
    const isRevokedFromAll = node['is_grant'] !== true && textAt(grantee, 'roletype') === 'ROLESPEC_PUBLIC'
    if (!isRevokedFromAll && textAt(grantee, 'rolename') !== APP_ROLE)
      return `it grants rights to another role than ${APP_ROLE}.`
  }
  if (textAt(node, 'targtype') !== 'ACL_TARGET_OBJECT')
    return 'it grants or revokes rights on all objects of a schema. Name each object.'
  for (const object of listAt(node, 'objects').filter(isNode)) {
    const reason =
      'RangeVar' in object
        ? relationRefusal(object, names, 'RangeVar')
        : nameRefusal(qualifiedName(listAt(nodeAt(object, 'ObjectWithArgs'), 'objname')), names)
    if (reason !== null) return reason
  }
  return null
}

/**
 * Returns why a view is refused, because it does not read with the rights of the role that queries it and so would show
 * the records of all workspaces; null when the view is allowed.
 */
function viewRefusal(node: SqlNode): string | null {
  const invoker = nodesOf(listAt(node, 'options'), 'DefElem').find(
    (option) => textAt(option, 'defname') === 'security_invoker',
  )
  return invoker && ['true', 'on', '1', 'yes'].includes(optionText(nodeAt(invoker, 'arg')))
    ? null
    : 'a view needs WITH (security_invoker = true): without it, it shows the records of all workspaces.'
}

/** Returns the value of an option in lower case; `true` for an option without a value. */
function optionText(arg: SqlNode): string {
  if (Object.keys(arg).length === 0) return 'true'
  const { String: text, TypeName: word, Integer: number } = arg
  if (isNode(text)) return textAt(text, 'sval').toLowerCase()
  if (isNode(word)) return qualifiedName(listAt(word, 'names')).name.toLowerCase()
  return isNode(number) ? String(number['ival']) : 'true'
}

function dropRefusal(node: SqlNode, names: AllowedNames): string | null {
  if (textAt(node, 'behavior') === 'DROP_CASCADE')
    return 'it drops with CASCADE, which may also drop what is not the plugin’s. Drop each database object by name.'
  for (const object of listAt(node, 'objects').filter(isNode)) {
    const reason = nameRefusal(droppedName(textAt(node, 'removeType'), object), names)
    if (reason !== null) return reason
  }
  return null
}

function droppedName(kind: string, object: SqlNode): ReturnType<typeof qualifiedName> {
  if ('ObjectWithArgs' in object) return qualifiedName(listAt(nodeAt(object, 'ObjectWithArgs'), 'objname'))
  if ('String' in object) return qualifiedName([object])
  if ('TypeName' in object) return qualifiedName(listAt(nodeAt(object, 'TypeName'), 'names'))
  const parts = listAt(nodeAt(object, 'List'), 'items')
  // For a policy or trigger, the list has the name of its table and then its own name. The owner of the table owns it.
  return qualifiedName(kind === 'OBJECT_POLICY' || kind === 'OBJECT_TRIGGER' ? parts.slice(0, -1) : parts)
}

function renameRefusal(node: SqlNode, names: AllowedNames): string | null {
  const isOfTable =
    textAt(node, 'renameType') === 'OBJECT_COLUMN' || textAt(node, 'renameType') === 'OBJECT_TABCONSTRAINT'
  const oldNameReason =
    'relation' in node
      ? relationRefusal(node, names)
      : nameRefusal(qualifiedName(listAt(nodeAt(nodeAt(node, 'object'), 'List'), 'items')), names)
  return oldNameReason ?? (isOfTable ? null : nameRefusal({ schema: '', name: textAt(node, 'newname') }, names))
}

function commentRefusal(node: SqlNode, names: AllowedNames): string | null {
  const kind = textAt(node, 'objtype')
  if (kind !== 'OBJECT_TABLE' && kind !== 'OBJECT_COLUMN')
    return 'it comments on something other than a table or column.'
  const parts = listAt(nodeAt(nodeAt(node, 'object'), 'List'), 'items')
  return nameRefusal(qualifiedName(kind === 'OBJECT_COLUMN' ? parts.slice(0, -1) : parts), names)
}

/** Returns why an extension is refused; null when the plugin may create it. Another plugin may have created it before. */
function extensionRefusal(node: SqlNode): string | null {
  const name = textAt(node, 'extname')
  if (!ALLOWED_EXTENSIONS.some((allowed) => allowed === name))
    return `it creates the extension ${name}. A plugin may create ${ALLOWED_EXTENSIONS.join(', ')}.`
  if (node['if_not_exists'] === true && listAt(node, 'options').length === 0) return null
  return `it creates the extension ${name} in another way than CREATE EXTENSION IF NOT EXISTS ${name}.`
}

// Functions of PostgreSQL that access files, other sessions, settings or other databases, and functions of Rapport,
// except those for the indexes of a search.
const REFUSED_CALLS =
  /^(pg_(?!catalog)|rapport_(?!words$|head$|fold$)|lo_|dblink|set_config|ts_stat|ts_rewrite|query_to|table_to|schema_to|database_to|cursor_to)/

function callRefusal(node: SqlNode): string | null {
  const names = nodesOf(node, 'FuncCall').map((call) => qualifiedName(listAt(call, 'funcname')).name)
  const refused = names.find((name) => REFUSED_CALLS.test(name))
  return refused === undefined ? null : `it calls ${refused}(), which is not for plugins.`
}
