import type { Column, Model } from '../../data/models/models.ts'
import { and, empty, hiddenFromPlanner, ident, join, raw, type Sql, sql } from '../../data/sql.ts'
import type { Transaction } from '../../data/transaction.ts'
import type { Values } from '../../declare/rules/values.ts'
import { castOf } from '../../reads/scalar-values.ts'

/** Maximum number of rows of one INSERT statement. */
const MAX_ROWS_PER_STATEMENT = 500

/**
 * Inserts table rows into the transaction's workspace, up to 500 with one statement.
 * @param rows Column values of each row, by the model's field names. A column that a row leaves out gets its default.
 */
export async function insertRows(transaction: Transaction, model: Model, rows: readonly Values[]): Promise<void> {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const columns = names.map((name) => columnNamed(model, name))
  const pending: Promise<unknown>[] = []
  for (let start = 0; start < rows.length; start += MAX_ROWS_PER_STATEMENT) {
    const tuples = rows
      .slice(start, start + MAX_ROWS_PER_STATEMENT)
      .map(
        (row) =>
          sql`(${join([sql`${transaction.workspaceId}::uuid`, ...columns.map((column) => valueOrDefault(column, row))])})`,
      )
    const into = join([ident('workspace_id'), ...columns.map((column) => ident(column.column))])
    pending.push(transaction.query(sql`insert into ${ident(model.table)} (${into}) values ${join(tuples)}`))
  }
  if (needsNewPlans(transaction, rows.length)) pending.push(transaction.query(sql`discard plans`))
  await Promise.all(pending)
}

/**
 * Number of inserted rows after which a transaction discards plans for the first time. For a table of about this size
 * or smaller, PostgreSQL assumes ten pages, whatever the table contains.
 */
const FIRST_DISCARD = 500
/** Plans are discarded again when the number of inserted rows has grown by this factor since the last time. */
const DISCARD_FACTOR = 2
const growthByTransaction = new WeakMap<Transaction, { rows: number; nextDiscard: number }>()

/**
 * Adds to the number of rows that a transaction has inserted. Returns whether PostgreSQL's plans of prepared statements
 * have to be discarded, so that it plans them anew. PostgreSQL keeps a plan until the table is analyzed, which can't
 * happen before the transaction is committed. A plan from the time when the table was empty scans all rows that the
 * transaction has inserted since.
 */
function needsNewPlans(transaction: Transaction, rows: number): boolean {
  const growth = growthByTransaction.get(transaction) ?? { rows: 0, nextDiscard: FIRST_DISCARD }
  growthByTransaction.set(transaction, growth)
  growth.rows += rows
  if (growth.rows < growth.nextDiscard) return false
  growth.nextDiscard = DISCARD_FACTOR * growth.rows
  return true
}

/** Returns a statement parameter for a row's value of a column, or DEFAULT when the row leaves the column out. */
function valueOrDefault(column: Column, row: Values): Sql {
  return Object.hasOwn(row, column.name) ? parameterOf(column, row[column.name]) : raw('default')
}

/** Returns a statement parameter for a value of a column. */
export function parameterOf(column: Column, value: unknown): Sql {
  if (column.type === 'json') return sql`${JSON.stringify(value)}::jsonb`
  // The driver `pg` writes a Date in the time zone of this process. A date has no time zone, so its UTC day is written.
  if (column.type === 'date' && value instanceof Date) return sql`${value.toISOString().slice(0, 10)}::date`
  return column.isList ? sql`${value}` : sql`${value}${castOf(column)}`
}

/** Updates one row by its id. Sends no statement when there are no values. */
export async function updateRow(transaction: Transaction, model: Model, id: string, values: Values): Promise<void> {
  const assignments = Object.keys(values).map((name) => {
    const column = columnNamed(model, name)
    return sql`${ident(column.column)} = ${parameterOf(column, values[name])}`
  })
  if (assignments.length === 0) return
  const key = sql`${inWorkspace(transaction, model)} and id = ${id}::uuid`
  await transaction.query(sql`update ${ident(model.table)} set ${join(assignments)} where ${key}`)
}

/**
 * What other transactions can't do with locked rows:
 * - `update`: write them. They can insert rows that refer to them by a foreign key. With a stronger lock, such inserts
 *   would wait, and two transactions whose records refer to each other would deadlock.
 * - `delete`: write them, or insert rows that refer to them.
 * - `reference`: lock them by `delete`. It is the lock that a foreign key takes.
 */
export type RowLock = 'update' | 'delete' | 'reference'

const LOCKS: Readonly<Record<RowLock, Sql>> = {
  update: raw(' for no key update'),
  delete: raw(' for update'),
  reference: raw(' for key share'),
}

/**
 * Returns the table rows whose `column`, of type uuid, has one of the values; all columns by the model's field names.
 * @param options `lock` locks the returned rows until the end of the transaction; see `RowLock`.
 */
export async function selectRows(
  transaction: Transaction,
  model: Model,
  column: Column,
  values: readonly string[],
  options: { readonly lock?: RowLock; readonly orderBy?: Sql } = {},
): Promise<Values[]> {
  const list = join([...model.columns.values()].map(({ column, name }) => sql`${ident(column)} as ${ident(name)}`))
  const condition = and([inWorkspace(transaction, model), sql`${ident(column.column)} = any(${values}::uuid[])`])
  const order = options.orderBy ? sql` order by ${options.orderBy}` : empty
  return transaction.query(
    sql`select ${list} from ${ident(model.table)} where ${condition}${order}${options.lock ? LOCKS[options.lock] : empty}`,
  )
}

/** Deletes the table rows whose `column` holds the id of a record, such as all items of the record. */
export async function deleteRows(transaction: Transaction, model: Model, column: Column, id: string): Promise<void> {
  await transaction.query(
    sql`delete from ${ident(model.table)} where ${inWorkspace(transaction, model)} and ${ident(column.column)} = ${id}::uuid`,
  )
}

/** Returns the condition that a row belongs to the transaction's workspace, or is the row of this workspace itself. */
function inWorkspace(transaction: Transaction, model: Model): Sql {
  return sql`${ident(model.hasWorkspace ? 'workspace_id' : 'id')} = ${hiddenFromPlanner(transaction.workspaceId)}`
}

function columnNamed(model: Model, name: string): Column {
  const column = model.columns.get(name)
  if (!column) throw new Error(`Model ${model.name} has no column ${name}.`)
  return column
}
