import type { Column } from '../../data/models/models.ts'
import { and, or, type Sql, sql } from '../../data/sql.ts'
import { decodeId } from '../../declare/record-id.ts'
import { badUserInput } from '../../errors.ts'
import { castOf, checked } from '../scalar-values.ts'

/** Values that one condition takes at most. */
const MAX_VALUES = 200

/** Condition on one column. `prefixes` are those of ids that fit; an id of another type matches nothing. */
export function scalarCondition(
  column: Column,
  value: Sql,
  condition: unknown,
  prefixes: readonly string[] | null,
): Sql {
  const isInsensitive = entriesOf(condition).some(
    ([operator, operand]) => operator === 'mode' && operand === 'INSENSITIVE',
  )
  const left = isInsensitive ? sql`lower(${value})` : value
  const operandOf = (operand: unknown) =>
    prefixes ? uuidOf(operand, prefixes) : isInsensitive ? lower(operand) : operand
  const bound = (operand: unknown) => sql`${checked(operandOf(operand))}${castOf(column)}`
  const conditions: Sql[] = []
  for (const [operator, operand] of entriesOf(condition)) {
    if (operator === 'mode') continue
    if (operator === 'not' && operand === null) conditions.push(sql`${value} is not null`)
    else if (operator === 'not')
      conditions.push(sql`not coalesce(${scalarCondition(column, value, operand, prefixes)}, false)`)
    else if (operator === 'equals')
      conditions.push(operand === null ? sql`${value} is null` : sql`${left} = ${bound(operand)}`)
    else if (operand === null) throw takesNoNull(operator)
    else if (operator === 'isNull')
      conditions.push(operand === true ? sql`${value} is null` : sql`${value} is not null`)
    else if (operator === 'in') conditions.push(oneOf(column, left, listOf(operand).map(operandOf)))
    else if (operator === 'notIn')
      conditions.push(sql`not coalesce(${oneOf(column, left, listOf(operand).map(operandOf))}, false)`)
    else if (operator === 'lt') conditions.push(sql`${left} < ${bound(operand)}`)
    else if (operator === 'lte') conditions.push(sql`${left} <= ${bound(operand)}`)
    else if (operator === 'gt') conditions.push(sql`${left} > ${bound(operand)}`)
    else if (operator === 'gte') conditions.push(sql`${left} >= ${bound(operand)}`)
    else if (operator === 'contains') conditions.push(sql`${left} like ${`%${pattern(operandOf(operand))}%`}`)
    else if (operator === 'startsWith') conditions.push(sql`${left} like ${`${pattern(operandOf(operand))}%`}`)
    else if (operator === 'endsWith') conditions.push(sql`${left} like ${`%${pattern(operandOf(operand))}`}`)
    else if (operator === 'has') conditions.push(sql`${bound(operand)} = any(${value})`)
    else throw badUserInput(`There is no filter operator ${operator}.`)
  }
  return and(conditions)
}

/** A null where a variable was left out must not widen a filter unseen. */
export function takesNoNull(operator: string) {
  return badUserInput(
    `Operator ${operator} takes no null; leave it out${['some', 'every', 'none', 'isNull'].includes(operator) ? '' : ', or use isNull'}.`,
  )
}

function oneOf(column: Column, left: Sql, operands: readonly unknown[]): Sql {
  if (operands.length > MAX_VALUES) throw badUserInput(`in and notIn take ${MAX_VALUES} values at most.`)
  return or(operands.map((operand) => sql`${left} = ${checked(operand)}${castOf(column)}`))
}

const NO_RECORD = '00000000-0000-0000-0000-000000000000'

function uuidOf(operand: unknown, prefixes: readonly string[]): string {
  const decoded = typeof operand === 'string' ? decodeId(operand) : null
  return decoded && prefixes.includes(decoded.prefix) ? decoded.uuid : NO_RECORD
}

function lower(operand: unknown): unknown {
  return typeof operand === 'string' ? operand.toLowerCase() : operand
}

function pattern(operand: unknown): string {
  return String(checked(operand)).replaceAll(/[\\%_]/g, '\\$&')
}

export function entriesOf(value: unknown): [string, unknown][] {
  return value !== null && typeof value === 'object' ? Object.entries(value) : []
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}
