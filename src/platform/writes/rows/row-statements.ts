import type { Column, Model } from '../../data/models/models.ts'
import { and, empty, hiddenFromPlanner, ident, join, raw, type Sql, sql } from '../../data/sql.ts'
import type { Transaction } from '../../data/transaction.ts'
import type { Values } from '../../declare/rules/values.ts'
import { castOf } from '../../reads/scalar-values.ts'

const MAX_ROWS_PER_STATEMENT = 500

/** Inserts rows of the transaction's workspace, many to a statement. A column that a row leaves out gets its default. */
export async function insertRows(transaction: Transaction, model: Model, rows: readonly Values[]): Promise<void> {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const columns = names.map((name) => columnNamed(model, name))
  const pending: Promise<unknown>[] = []
  for (let start = 0; start < rows.length; start += MAX_ROWS_PER_STATEMENT) {
    const lines = rows
      .slice(start, start + MAX_ROWS_PER_STATEMENT)
      .map(
        (row) =>
          sql`(${join([sql`${transaction.workspaceId}::uuid`, ...columns.map((column) => valueOrDefault(column, row))])})`,
      )
    const into = join([ident('workspace_id'), ...columns.map((column) => ident(column.column))])
    pending.push(transaction.query(sql`insert into ${ident(model.table)} (${into}) values ${join(lines)}`))
  }
  if (hasGrown(transaction, rows.length)) pending.push(transaction.query(sql`discard plans`))
  await Promise.all(pending)
}

// Below about so many rows PostgreSQL reckons with ten pages, whatever there is.
const FIRST_GROWTH = 500
const GROWTH = 2
const grownBy = new WeakMap<Transaction, { rows: number; next: number }>()

/**
 * Whether a transaction has written so much more that plans from before may not fit. PostgreSQL keeps the plan of a prepared
 * statement until somebody counts the table, which nobody can before the transaction is over; one that was made while
 * the table was empty walks through all that the transaction has written since.
 */
function hasGrown(transaction: Transaction, rows: number): boolean {
  const grown = grownBy.get(transaction) ?? { rows: 0, next: FIRST_GROWTH }
  grownBy.set(transaction, grown)
  grown.rows += rows
  if (grown.rows < grown.next) return false
  grown.next = GROWTH * grown.rows
  return true
}

function valueOrDefault(column: Column, row: Values): Sql {
  return Object.hasOwn(row, column.name) ? bound(column, row[column.name]) : raw('default')
}

/** A value as a parameter of the column's type. */
export function bound(column: Column, value: unknown): Sql {
  if (column.type === 'json') return sql`${JSON.stringify(value)}::jsonb`
  // pg writes a Date in the server's zone; a day has none.
  if (column.type === 'date' && value instanceof Date) return sql`${value.toISOString().slice(0, 10)}::date`
  return column.isList ? sql`${value}` : sql`${value}${castOf(column)}`
}

/** Updates one row by id. */
export async function updateRow(transaction: Transaction, model: Model, id: string, values: Values): Promise<void> {
  const assignments = Object.keys(values).map((name) => {
    const column = columnNamed(model, name)
    return sql`${ident(column.column)} = ${bound(column, values[name])}`
  })
  if (assignments.length === 0) return
  const key = sql`${inWorkspace(transaction, model)} and id = ${id}::uuid`
  await transaction.query(sql`update ${ident(model.table)} set ${join(assignments)} where ${key}`)
}

/**
 * Rows whose column has one of the values, with all columns under the model's field names. `lock` keeps others from writing
 * them, but not from referring to them: a foreign key would wait, and two records that refer to each other would deadlock.
 */
export async function selectRows(
  transaction: Transaction,
  model: Model,
  column: Column,
  values: readonly string[],
  options: { readonly lock?: 'update'; readonly orderBy?: Sql } = {},
): Promise<Values[]> {
  const list = join([...model.columns.values()].map((each) => sql`${ident(each.column)} as ${ident(each.name)}`))
  const met = and([inWorkspace(transaction, model), sql`${ident(column.column)} = any(${values}::uuid[])`])
  const order = options.orderBy ? sql` order by ${options.orderBy}` : empty
  return transaction.query(
    sql`select ${list} from ${ident(model.table)} where ${met}${order}${options.lock ? sql` for no key update` : empty}`,
  )
}

/** Deletes the rows that lead to a record by the column. */
export async function deleteRows(transaction: Transaction, model: Model, column: Column, id: string): Promise<void> {
  await transaction.query(
    sql`delete from ${ident(model.table)} where ${inWorkspace(transaction, model)} and ${ident(column.column)} = ${id}::uuid`,
  )
}

/** A workspace's own row belongs to itself. */
function inWorkspace(transaction: Transaction, model: Model): Sql {
  return sql`${ident(model.hasWorkspace ? 'workspace_id' : 'id')} = ${hiddenFromPlanner(transaction.workspaceId)}`
}

function columnNamed(model: Model, name: string): Column {
  const column = model.columns.get(name)
  if (!column) throw new Error(`Model ${model.name} has no column ${name}.`)
  return column
}
