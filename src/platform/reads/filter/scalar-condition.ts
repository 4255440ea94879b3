import type { Column } from '../../data/models/models.ts'
import { and, type Sql, sql } from '../../data/sql.ts'
import { decodeId } from '../../declare/record-id.ts'
import { entriesOf, operatorNamed } from './operands.ts'
import { type Comparison, FILTER_OPERATORS, MODE } from './operators.ts'

/**
 * Compiles the conditions on one column.
 * @param prefixes Prefixes of the record ids that the column can hold; null for a column without record ids. An id with
 * another prefix matches no record.
 * @throws GraphQLError BAD_USER_INPUT for an operator that does not exist or an operand that it does not accept.
 */
export function scalarCondition(
  column: Column,
  value: Sql,
  conditions: unknown,
  prefixes: readonly string[] | null,
): Sql {
  const entries = entriesOf(conditions)
  const isInsensitive = entries.some(([name, mode]) => name === MODE.field && mode === MODE.insensitive)
  const comparison: Comparison = {
    column,
    value,
    left: isInsensitive ? sql`lower(${value})` : value,
    operandOf: (operand) => (prefixes ? uuidOf(operand, prefixes) : isInsensitive ? lower(operand) : operand),
    nested: (nested) => scalarCondition(column, value, nested, prefixes),
  }
  return and(
    entries
      .filter(([name]) => name !== MODE.field)
      .map(([name, operand]) => operatorNamed(FILTER_OPERATORS, name, operand).compile(comparison, operand)),
  )
}

const NO_RECORD = '00000000-0000-0000-0000-000000000000'

function uuidOf(operand: unknown, prefixes: readonly string[]): string {
  const decoded = typeof operand === 'string' ? decodeId(operand) : null
  return decoded && prefixes.includes(decoded.prefix) ? decoded.uuid : NO_RECORD
}

function lower(operand: unknown): unknown {
  return typeof operand === 'string' ? operand.toLowerCase() : operand
}
