import type { Column } from '../../data/models/models.ts'
import { rowOf } from '../../data/row.ts'
import { columnOf, ident, type Sql, sql } from '../../data/sql.ts'
import type { Compiled, FieldRead } from '../../declare/objects/field-read.ts'
import type { ComputedField, GroupField } from '../../declare/objects/fields.ts'
import { encodeId } from '../../declare/record-id.ts'
import { mixedCurrencies } from '../../errors.ts'
import type { RecordType } from '../../registry/object-type.ts'
import type { FieldGroup } from '../collect.ts'
import { deferredError } from '../deferred.ts'
import { type DeclaredSql, guardedSql } from '../plugin-sql.ts'
import { asIs, elementsOf, type Reading } from '../reading.ts'
import { computedValue, scalarValue, withCents } from '../scalar-values.ts'
import { assemble, compileFields, subfields } from '../select.ts'
import { argumentValues, requireArguments } from './field-arguments.ts'

/** Returns how a column is read. */
export function readColumn(column: Column): FieldRead {
  return ({ row }) => scalarValue(column, row.column(column.name))
}

/** Returns how the id of a record is read: as a record id with this prefix. */
export function readId(type: RecordType, prefix: string): FieldRead {
  return ({ row }) => ({
    sql: columnOf(row.alias, type.model.columns.get('id')?.column ?? 'id'),
    shape: (value) => (typeof value === 'string' ? encodeId(prefix, value) : null),
  })
}

/** Returns how a column of a variant's detail table is read. */
export function readDetail(detail: RecordType, column: Column): FieldRead {
  return ({ reading, row }) => {
    const detailRow = rowOf(reading.alias(), detail.model)
    const value = scalarValue(column, detailRow.column(column.name))
    return {
      sql: sql`(select ${value.sql} from ${ident(detail.model.table)} ${detailRow.alias} where ${detailRow.column('workspaceId')} = ${row.column('workspaceId')} and ${detailRow.column('id')} = ${row.column('id')})`,
      shape: value.shape,
    }
  }
}

/** Returns how an amount of money is read. `amount` and `currency` are columns, by the model's field names. */
export function readMoney(amount: string, currency: string): FieldRead {
  return ({ reading, row, group }) => moneyValue(reading, group, row.column(amount), row.column(currency))
}

/** Compiles what a group selects on an amount of money. The answer is null when the amount is null. */
export function moneyValue(reading: Reading, group: FieldGroup, amount: Sql, currency: Sql): Compiled {
  const keys = [...subfields(reading, 'Money', group)].map(([key, [node]]) => ({ key, name: node.name.value }))
  return {
    sql: sql`case when ${amount} is not null then json_build_array(trim_scale(${amount})::text, ${currency}) end`,
    shape(value) {
      if (value === null) return null
      const [text, code] = elementsOf(value)
      return Object.fromEntries(
        keys.map(({ key, name }) => [
          key,
          name === 'amount' ? withCents(String(text)) : name === 'currency' ? code : 'Money',
        ]),
      )
    },
  }
}

/** Returns how a computed field is read. The value is null when the caller may not read it (see `guardedSql`). */
export function readComputed(declared: DeclaredSql, declaration: ComputedField): FieldRead {
  const { permission, type, args: declaredArgs = {} } = declaration
  return ({ reading, row, group, args, coordinate }) => {
    requireArguments(reading, declaredArgs, args, coordinate)
    const values = argumentValues(declaredArgs, args)
    const value = guardedSql(declared, reading, row, permission, (reference) => declaration.value(reference, values))
    if (!value) return { sql: sql`null`, shape: asIs }
    if (type !== 'Money') return computedValue(type, sql`(${value})`)
    return declaration.isTotal ? totalOfQuery(reading, group, value, coordinate) : moneyOfQuery(reading, group, value)
  }
}

/** Compiles an amount of money that a query with the columns `amount` and `currency` returns. */
function moneyOfQuery(reading: Reading, group: FieldGroup, query: Sql): Compiled {
  const alias = reading.alias()
  const [amount, currency] = [columnOf(alias, 'amount'), columnOf(alias, 'currency')]
  const value = moneyValue(reading, group, amount, currency)
  return {
    sql: sql`(select case when ${currency} is not null then ${value.sql} end from (${query}) ${alias})`,
    shape: value.shape,
  }
}

/**
 * Compiles the total of a query that returns a row for each currency. Amounts in several currencies have no total: the
 * value is then null, with an error that names two of the currencies, as in aggregates.
 */
function totalOfQuery(reading: Reading, group: FieldGroup, query: Sql, coordinate: string): Compiled {
  const alias = reading.alias()
  const [amount, currency] = [columnOf(alias, 'amount'), columnOf(alias, 'currency')]
  const value = moneyValue(reading, group, amount, currency)
  reading.placeholders.isUsed = true
  return {
    sql: sql`(select json_agg(json_build_array(${value.sql}, ${currency}) order by ${currency}) from (${query}) ${alias} where ${amount} is not null and ${currency} is not null)`,
    shape(rows) {
      const [first, second] = rows === null ? [] : elementsOf(rows).map(elementsOf)
      if (!first) return null
      if (!second) return value.shape(first[0])
      return deferredError(
        mixedCurrencies(coordinate, [String(first[1]), String(second[1])], 'Select the amounts by currency instead.'),
      )
    },
  }
}

/** Returns how a group of computed fields is read: as an object with the fields that the client selects. */
export function readGroup(declaration: GroupField): FieldRead {
  return ({ reading, row, group }) =>
    assemble(compileFields(reading, declaration.name, row, subfields(reading, declaration.name, group)))
}
