import { APP_ROLE } from '../../data/database.ts'
import { bodyRefusal, functionRefusal, triggerRefusal } from './function-rules.ts'
import { isOwn } from './own-names.ts'
import { isNode, listAt, nodeAt, nodesOf, qualifiedName, type SqlNode, textAt } from './sql-tree.ts'

/** Whose names a statement may use. */
export interface Names {
  /** The plugin's id. */
  readonly id: string
  /** Tables of others that it may read. */
  readonly reads: readonly string[]
}

/** What a statement is looked at with. */
export interface Reader extends Names {
  /** PostgreSQL's parser, for SQL within SQL. Throws where it is not valid. */
  readonly parse: (sql: string) => unknown
}

type RuleOf = (node: SqlNode, reader: Reader) => string | null

/** What a plugin's SQL may do, by the kind of statement. What is not here is refused. */
const RULES: Readonly<Record<string, RuleOf>> = {
  CreateStmt: (node, names) => relation(node, names) ?? parents(node, names) ?? reading(node, names),
  CreateEnumStmt: typeName,
  AlterEnumStmt: typeName,
  CreateDomainStmt: (node, names) => named(qualifiedName(listAt(node, 'domainname')), names),
  CreateSeqStmt: (node, names) => relation(node, names, 'sequence'),
  AlterSeqStmt: (node, names) => relation(node, names, 'sequence'),
  AlterTableStmt: (node, names) => relation(node, names) ?? alteration(node) ?? reading(node, names),
  IndexStmt: (node, names) => relation(node, names) ?? ownOrNone(textAt(node, 'idxname'), names),
  CreatePolicyStmt: (node, names) => relation(node, names, 'table') ?? reading(node, names),
  AlterPolicyStmt: (node, names) => relation(node, names, 'table') ?? reading(node, names),
  GrantStmt: grant,
  CreateFunctionStmt: (node, reader) =>
    named(qualifiedName(listAt(node, 'funcname')), reader) ??
    functionRefusal(node, reader.id) ??
    bodyRefusal(node, reader.parse, (tree) => reading(tree, reader) ?? calls(tree)),
  CreateTrigStmt: (node, names) => relation(node, names) ?? triggerRefusal(node, names.id),
  ViewStmt: (node, names) => relation(node, names, 'view') ?? view(node) ?? reading(node, names),
  DropStmt: drop,
  RenameStmt: rename,
  InsertStmt: (node, names) => relation(node, names) ?? reading(node, names),
  UpdateStmt: (node, names) => relation(node, names) ?? reading(node, names),
  DeleteStmt: (node, names) => relation(node, names) ?? reading(node, names),
  CommentStmt: comment,
}

/** Why a plugin may not run a statement, or null where it may. */
export function refusal(statement: SqlNode, reader: Reader): string | null {
  const [kind = '', node] = Object.entries(statement)[0] ?? []
  const rule = RULES[kind]
  if (!rule || !isNode(node)) {
    const what = kind
      .replace(/Stmt$/, '')
      .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
      .toUpperCase()
    return `a plugin's SQL has no ${what} statement: it makes, changes and drops tables, types, indexes and functions of its own.`
  }
  return rule(node, reader) ?? nestedWrites(node, reader) ?? calls(node)
}

/** `WITH gone AS (DELETE FROM …) …` writes from within another statement. */
function nestedWrites(node: SqlNode, names: Names): string | null {
  for (const kind of ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'])
    for (const nested of nodesOf(node, kind)) {
      const reason = relation(nested, names)
      if (reason !== null) return reason
    }
  return null
}

function named({ schema, name }: { readonly schema: string; readonly name: string }, { id }: Names): string | null {
  if (schema !== '' && schema !== 'public') return `${schema}.${name} is in another schema than public.`
  return isOwn(id, name) ? null : `${name} is not the plugin's own: its names start with ${id}_.`
}

function relation(node: SqlNode, names: Names, key = 'relation'): string | null {
  const of = nodeAt(node, key)
  if (textAt(of, 'relpersistence') !== 'p') return `${textAt(of, 'relname')} is temporary or unlogged.`
  return named({ schema: textAt(of, 'schemaname'), name: textAt(of, 'relname') }, names)
}

function typeName(node: SqlNode, names: Names): string | null {
  return named(qualifiedName(listAt(node, 'typeName')), names)
}

function ownOrNone(name: string, names: Names): string | null {
  return name === '' ? null : named({ schema: '', name }, names)
}

/** Tables that are read are the plugin's own or told in `reads`; a foreign key may lead to any. */
function reading(node: SqlNode, { id, reads }: Names): string | null {
  const common = new Set(nodesOf(node, 'CommonTableExpr').map((each) => textAt(each, 'ctename')))
  for (const { relname, schemaname } of nodesOf(node, 'RangeVar', ['pktable'])) {
    const name = String(relname)
    if (schemaname !== undefined && schemaname !== 'public')
      return `${schemaname}.${name} is in another schema than public.`
    if (!isOwn(id, name) && !common.has(name) && !reads.includes(name))
      return `it reads ${name}, which the plugin does not name under reads.`
  }
  return null
}

const REFUSED_ALTERATIONS: Readonly<Record<string, string>> = {
  AT_ChangeOwner: 'it changes the owner of a table.',
  AT_DisableRowSecurity: 'it switches row-level security off.',
  AT_SetTableSpace: 'it moves a table to another tablespace.',
  AT_AddInherit: 'it makes a table part of another.',
  AT_AttachPartition: 'it makes a table part of another.',
}

/** A table that inherits from another or is a part of it shows its rows there. */
function parents(node: SqlNode, names: Names): string | null {
  for (const parent of nodesOf(listAt(node, 'inhRelations'), 'RangeVar')) {
    const reason = named({ schema: textAt(parent, 'schemaname'), name: textAt(parent, 'relname') }, names)
    if (reason !== null) return reason
  }
  return null
}

function alteration(node: SqlNode): string | null {
  if (textAt(node, 'objtype') === 'OBJECT_VIEW') return 'it alters a view. Drop it and make it anew.'
  for (const command of nodesOf(node, 'AlterTableCmd')) {
    const reason = REFUSED_ALTERATIONS[textAt(command, 'subtype')]
    if (reason !== undefined) return reason
  }
  return null
}

function grant(node: SqlNode, names: Names): string | null {
  for (const grantee of nodesOf(node, 'RoleSpec')) {
    const isRevokedFromAll = node['is_grant'] !== true && textAt(grantee, 'roletype') === 'ROLESPEC_PUBLIC'
    if (!isRevokedFromAll && textAt(grantee, 'rolename') !== APP_ROLE)
      return `it grants rights to somebody else than ${APP_ROLE}.`
  }
  if (textAt(node, 'targtype') !== 'ACL_TARGET_OBJECT')
    return 'it grants rights on more than single objects of its own.'
  for (const object of listAt(node, 'objects').filter(isNode)) {
    const reason =
      'RangeVar' in object
        ? relation(object, names, 'RangeVar')
        : named(qualifiedName(listAt(nodeAt(object, 'ObjectWithArgs'), 'objname')), names)
    if (reason !== null) return reason
  }
  return null
}

/** A view reads as who asks, or it would show every workspace. */
function view(node: SqlNode): string | null {
  const invoker = nodesOf(listAt(node, 'options'), 'DefElem').find(
    (each) => textAt(each, 'defname') === 'security_invoker',
  )
  return invoker && ['true', 'on', '1', 'yes'].includes(optionText(nodeAt(invoker, 'arg')))
    ? null
    : 'a view needs WITH (security_invoker = true): without it, it shows the records of all workspaces.'
}

/** The value of an option as it was written; `true` for one without. */
function optionText(arg: SqlNode): string {
  if (Object.keys(arg).length === 0) return 'true'
  const { String: text, TypeName: word, Integer: number } = arg
  if (isNode(text)) return textAt(text, 'sval').toLowerCase()
  if (isNode(word)) return qualifiedName(listAt(word, 'names')).name.toLowerCase()
  return isNode(number) ? String(number['ival']) : 'true'
}

function drop(node: SqlNode, names: Names): string | null {
  if (textAt(node, 'behavior') === 'DROP_CASCADE')
    return 'it drops with CASCADE, which may reach what is not the plugin’s. Name what is to be dropped.'
  for (const object of listAt(node, 'objects').filter(isNode)) {
    const reason = named(droppedName(textAt(node, 'removeType'), object), names)
    if (reason !== null) return reason
  }
  return null
}

function droppedName(kind: string, object: SqlNode): ReturnType<typeof qualifiedName> {
  if ('ObjectWithArgs' in object) return qualifiedName(listAt(nodeAt(object, 'ObjectWithArgs'), 'objname'))
  if ('TypeName' in object) return qualifiedName(listAt(nodeAt(object, 'TypeName'), 'names'))
  const parts = listAt(nodeAt(object, 'List'), 'items')
  // A policy or trigger is named after its table.
  return qualifiedName(kind === 'OBJECT_POLICY' || kind === 'OBJECT_TRIGGER' ? parts.slice(0, -1) : parts)
}

function rename(node: SqlNode, names: Names): string | null {
  const isOfTable =
    textAt(node, 'renameType') === 'OBJECT_COLUMN' || textAt(node, 'renameType') === 'OBJECT_TABCONSTRAINT'
  const old =
    'relation' in node
      ? relation(node, names)
      : named(qualifiedName(listAt(nodeAt(nodeAt(node, 'object'), 'List'), 'items')), names)
  return old ?? (isOfTable ? null : named({ schema: '', name: textAt(node, 'newname') }, names))
}

function comment(node: SqlNode, names: Names): string | null {
  const kind = textAt(node, 'objtype')
  if (kind !== 'OBJECT_TABLE' && kind !== 'OBJECT_COLUMN')
    return 'it comments on something else than a table or column.'
  const parts = listAt(nodeAt(nodeAt(node, 'object'), 'List'), 'items')
  return named(qualifiedName(kind === 'OBJECT_COLUMN' ? parts.slice(0, -1) : parts), names)
}

// Functions of PostgreSQL that reach files, other sessions, settings or other databases.
const REFUSED_CALLS =
  /^(pg_(?!catalog)|rapport_(?!words$|head$|fold$)|lo_|dblink|set_config|ts_stat|ts_rewrite|query_to|table_to|schema_to|database_to|cursor_to)/

function calls(node: SqlNode): string | null {
  const names = nodesOf(node, 'FuncCall').map((call) => qualifiedName(listAt(call, 'funcname')).name)
  const refused = names.find((name) => REFUSED_CALLS.test(name))
  return refused === undefined ? null : `it calls ${refused}(), which is not for plugins.`
}
