import { InvalidArgumentError } from 'commander'
import type { ImportColumn, ImportConstant } from '../platform/imports/import-order.ts'

/** A correction of values of one field. */
export interface FieldReplacement {
  readonly field: string
  readonly from: string
  readonly to: string
}

/**
 * Reads `<column>=<field>[:<notation>]`. The notation of an amount is its currency with or without a factor
 * (`revenue=annualRevenue:USD*1000000`), of another number a factor (`employees=employeeCount:*1000`), of a day its
 * format (`born=birthday:MM/DD/YYYY`).
 *
 * @throws InvalidArgumentError of commander
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
  const [isNumber, currency, factor] = /^([A-Z]{3})?(?:\*(.+))?$/.exec(notation) ?? []
  if (isNumber === undefined) return { format: notation }
  return { ...(currency === undefined ? {} : { currency }), ...(factor === undefined ? {} : { factor }) }
}

/** Reads `<field>:<from>=<to>`. Throws InvalidArgumentError of commander. */
export function parseReplacement(text: string): FieldReplacement {
  const [, field, from, to] = /^([^:=]+):([^=]*)=(.*)$/s.exec(text) ?? []
  if (field === undefined || from === undefined || to === undefined)
    throw new InvalidArgumentError('Expected <field>:<from>=<to>, such as industry:technolgy=technology.')
  return { field: field.trim(), from, to }
}

/** Reads `<field>=<value>`. Throws InvalidArgumentError of commander. */
export function parseConstant(text: string): ImportConstant {
  const [, field, value] = /^([^=]+)=(.+)$/s.exec(text) ?? []
  if (field === undefined || value === undefined)
    throw new InvalidArgumentError('Expected <field>=<value>, such as type=CUSTOMER.')
  return { field: field.trim(), value }
}
