import { columnOf, sql } from '../../data/sql.ts'
import type { Compiled, FieldRead } from '../../declare/objects/field-read.ts'
import type { RowColumn, RowsField } from '../../declare/objects/fields.ts'
import type { FieldGroup } from '../collect.ts'
import { type DeclaredSql, guardedSql } from '../plugin-sql.ts'
import type { Reading } from '../reading.ts'
import { computedValue } from '../scalar-values.ts'
import { type AnswerField, assemble, subfields } from '../select.ts'
import { moneyValue } from './column-fields.ts'
import { listOf } from './list-fields.ts'

/**
 * Returns how the rows of a declared query are read: as a list without pages. The list is empty when the caller may not
 * read the rows (see `guardedSql`).
 */
export function readRows(declared: DeclaredSql, declaration: RowsField): FieldRead {
  const { permission, query } = declaration
  const { name, columns } = declaration.row
  return ({ reading, row, group }) => {
    const rows = guardedSql(declared, reading, row, permission, query)
    if (!rows) return { sql: sql`null`, shape: () => [] }
    const rowsAlias = reading.alias()
    const fields = [...subfields(reading, name, group)].map(([key, fieldGroup]): AnswerField => {
      const field = fieldGroup[0].name.value
      if (field === '__typename') return { key, compiled: { typename: name } }
      const column = columns[field]
      if (!column) throw new Error(`${name} has no column ${field}.`)
      return { key, compiled: columnValue(reading, fieldGroup, rowsAlias, field, column) }
    })
    const selection = assemble(fields)
    return listOf(sql`select ${selection.sql} as item from (${rows}) ${rowsAlias}`, selection.shape)
  }
}

/** Compiles one column of a declared query. */
function columnValue(
  reading: Reading,
  group: FieldGroup,
  rowsAlias: ReturnType<Reading['alias']>,
  name: string,
  column: RowColumn,
): Compiled {
  const value = columnOf(rowsAlias, name)
  return column.type === 'Money'
    ? moneyValue(reading, group, value, columnOf(rowsAlias, column.currency))
    : computedValue(column.type, value)
}
