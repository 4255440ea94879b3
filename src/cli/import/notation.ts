import { InvalidArgumentError } from 'commander'
import type { ImportColumn, ImportConstant } from '../../platform/imports/import-order.ts'

/** An option `--replace`: cells `from` in the columns of a field are imported as `to`. */
export interface FieldReplacement {
  readonly field: string
  readonly from: string
  readonly to: string
}

/**
 * Parses an option `--map`: `<column>=<field>[:<notation>]`. The notation is
 * - for an amount of money its currency, with or without a factor: `revenue=annualRevenue:USD*1000000`
 * - for another number a factor: `employees=employeeCount:*1000`
 * - for a date its format: `born=birthday:MM/DD/YYYY`
 *
 * @throws InvalidArgumentError (of commander) for any other text.
 */
export function parseMapping(text: string): Omit<ImportColumn, 'replacements'> {
  const [, column, field, notation] = /^(.+)=([^=:]+)(?::([^=]+))?$/.exec(text) ?? []
  if (column === undefined || field === undefined)
    throw new InvalidArgumentError(
      'Expected <column>=<field>, such as account=name or revenue=annualRevenue:USD*1000000.',
    )
  return { column: column.trim(), field: field.trim(), ...parseNotation(notation) }
}

function parseNotation(notation: string | undefined): Pick<ImportColumn, 'currency' | 'factor' | 'format'> {
  if (notation === undefined) return {}
  const [numberNotation, currency, factor] = /^([A-Z]{3})?(?:\*(.+))?$/.exec(notation) ?? []
  if (numberNotation === undefined) return { format: notation }
  return { ...(currency === undefined ? {} : { currency }), ...(factor === undefined ? {} : { factor }) }
}

/**
 * Parses an option `--replace`: `<field>:<from>=<to>`.
 *
 * @throws InvalidArgumentError (of commander) for any other text.
 */
export function parseReplacement(text: string): FieldReplacement {
  const [, field, from, to] = /^([^:=]+):([^=]*)=(.*)$/s.exec(text) ?? []
  if (field === undefined || from === undefined || to === undefined)
    throw new InvalidArgumentError('Expected <field>:<from>=<to>, such as industry:technolgy=technology.')
  return { field: field.trim(), from, to }
}

/**
 * Parses an option `--set`: `<field>=<value>`.
 *
 * @throws InvalidArgumentError (of commander) for any other text.
 */
export function parseConstant(text: string): ImportConstant {
  const [, field, value] = /^([^=]+)=(.+)$/s.exec(text) ?? []
  if (field === undefined || value === undefined)
    throw new InvalidArgumentError('Expected <field>=<value>, such as type=CUSTOMER.')
  return { field: field.trim(), value }
}
