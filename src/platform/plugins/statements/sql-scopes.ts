import { isNode, listAt, nodeAt, type SqlNode, textAt } from './sql-tree.ts'

/** One query or write of a statement, with the tables that its expressions can refer to. */
export interface SqlScope<Table> {
  /** By alias. Null for what the visitor ignores, such as a subquery. */
  readonly tables: Map<string, Table | null>
  readonly parent: SqlScope<Table> | null
}

/** A table in a FROM clause, or the target of a write. */
interface NamedTable {
  readonly table: string
  /** In lower case unless it was quoted; the name of the table when it has no alias. */
  readonly alias: string
  /** Whether the table's columns get other names: `from leases as l (a, b)`. */
  readonly renamesColumns: boolean
  /** False for the target of a write that returns no rows that were stored before it. */
  readonly isRead: boolean
}

/** Functions that are called while a statement is walked. */
export interface SqlVisitor<Table> {
  /** Called for each table, before the expressions that can refer to it. Returns what to keep under its alias. */
  table(named: NamedTable): Table | null
  /** Called for each column reference (`ColumnRef`) and function call (`FuncCall`). */
  expression(kind: 'ColumnRef' | 'FuncCall', node: SqlNode, scope: SqlScope<Table> | null): void
}

type CommonTables = ReadonlySet<string>

const WRITES: ReadonlySet<string> = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'])

/** Walks the parse tree of a statement, with the scopes in which PostgreSQL resolves its aliases. */
export function walkSql<Table>(tree: unknown, visitor: SqlVisitor<Table>): void {
  type Scope = SqlScope<Table>

  const walk = (value: unknown, scope: Scope | null, commonTables: CommonTables): void => {
    if (Array.isArray(value)) for (const element of value) walk(element, scope, commonTables)
    if (!isNode(value)) return
    for (const [key, child] of Object.entries(value)) {
      if (isNode(child) && key === 'SelectStmt') walkSelect(child, scope, commonTables)
      else if (isNode(child) && WRITES.has(key)) walkWrite(key, child, scope, commonTables)
      else {
        if (isNode(child) && (key === 'ColumnRef' || key === 'FuncCall')) visitor.expression(key, child, scope)
        walk(child, scope, commonTables)
      }
    }
  }

  const walkSelect = (select: SqlNode, parent: Scope | null, outer: CommonTables): void => {
    const { withClause, larg, rarg, ...clauses } = select
    const commonTables = walkWith(withClause, parent, outer)
    // The two sides of a UNION, INTERSECT or EXCEPT.
    for (const side of [larg, rarg]) if (isNode(side)) walkSelect(side, parent, commonTables)
    const scope: Scope = { tables: new Map(), parent }
    addTables(scope, clauses['fromClause'], commonTables)
    walk(clauses, scope, commonTables)
  }

  const walkWrite = (kind: string, write: SqlNode, parent: Scope | null, outer: CommonTables): void => {
    const { withClause, relation, ...clauses } = write
    const commonTables = walkWith(withClause, parent, outer)
    const scope: Scope = { tables: new Map(), parent }
    const isUpsert = textAt(nodeAt(clauses, 'onConflictClause'), 'action') === 'ONCONFLICT_UPDATE'
    // An INSERT returns only rows that it wrote, unless it updates stored rows.
    const isRead = 'returningClause' in clauses && (kind !== 'InsertStmt' || isUpsert)
    if (isNode(relation)) addTable(scope, relation, isRead)
    for (const key of ['fromClause', 'usingClause', 'sourceRelation']) addTables(scope, clauses[key], commonTables)
    walk(clauses, scope, commonTables)
  }

  /** Walks the common table expressions of a WITH clause. Returns the names that the query after it can use. */
  const walkWith = (withClause: unknown, parent: Scope | null, outer: CommonTables): CommonTables => {
    if (!isNode(withClause)) return outer
    const expressions = listAt(withClause, 'ctes')
      .filter(isNode)
      .map((each) => nodeAt(each, 'CommonTableExpr'))
    const names = expressions.map((expression) => textAt(expression, 'ctename'))
    for (const [index, expression] of expressions.entries()) {
      // Without RECURSIVE an expression can use only those before it: its own name is then a stored table.
      const usable = withClause['recursive'] === true ? names : names.slice(0, index)
      walk(expression['ctequery'], parent, new Set([...outer, ...usable]))
    }
    return new Set([...outer, ...names])
  }

  /** Adds what a FROM clause names to the scope. The expressions in it are walked later. */
  const addTables = (scope: Scope, from: unknown, commonTables: CommonTables): void => {
    if (Array.isArray(from)) for (const element of from) addTables(scope, element, commonTables)
    if (!isNode(from)) return
    for (const [kind, range] of Object.entries(from)) {
      if (!isNode(range)) continue
      if (kind === 'JoinExpr') addTables(scope, [range['larg'], range['rarg']], commonTables)
      else if (kind === 'RangeTableSample') addTables(scope, range['relation'], commonTables)
      else if (kind === 'RangeVar' && !isCommonTable(range, commonTables)) addTable(scope, range, true)
      else scope.tables.set(aliasOf(range), null)
    }
  }

  const addTable = (scope: Scope, range: SqlNode, isRead: boolean): void => {
    const table = textAt(range, 'relname')
    const alias = aliasOf(range)
    const renamesColumns = listAt(nodeAt(range, 'alias'), 'colnames').length > 0
    scope.tables.set(alias, visitor.table({ table, alias, renamesColumns, isRead }))
  }

  walk(tree, null, new Set())
}

function isCommonTable(range: SqlNode, commonTables: CommonTables): boolean {
  return textAt(range, 'schemaname') === '' && commonTables.has(textAt(range, 'relname'))
}

function aliasOf(range: SqlNode): string {
  return textAt(nodeAt(range, 'alias'), 'aliasname') || textAt(range, 'relname')
}
