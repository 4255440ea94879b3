import { invalid, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import { compareDecimals } from '../../../platform/formats/decimal.ts'
import type { GivenGroup, GivenLine } from './quote-lines.ts'
import type { QuoteTotals } from './totals.ts'

/** Returns what is wrong with the lines and groups that a client gave, whatever the prices are. */
export function lineErrors(lines: readonly GivenLine[], groups: readonly GivenGroup[], currency: string): UserError[] {
  const names = groups.map(({ name }) => name)
  return [
    ...names.flatMap((name, index) =>
      names.indexOf(name) === index
        ? []
        : [invalid(['input', 'groups', String(index), 'name'], 'Another group has the same name.')],
    ),
    ...lines.flatMap((line, index) =>
      lineProblems(line, names, currency).map(([path, message]) =>
        invalid(['input', 'lines', String(index), ...path], message),
      ),
    ),
  ]
}

function lineProblems(line: GivenLine, groups: readonly string[], currency: string): [string[], string][] {
  const problems: [string[], string][] = []
  if (compareDecimals(line.quantity, '0') <= 0) problems.push([['quantity'], 'Must be greater than 0.'])
  if (line.unitPrice !== null && compareDecimals(line.unitPrice, '0') < 0)
    problems.push([['unitPrice', 'amount'], 'Must not be negative.'])
  if (line.unitPrice !== null && line.currency !== currency)
    problems.push([['unitPrice', 'currency'], `The quote is in ${currency}: prices are not converted.`])
  if (line.groupName !== null && !groups.includes(line.groupName))
    problems.push([['groupName'], 'There is no group with this name in groups.'])
  return problems
}

/** Amounts are stored with at most 16 digits before the decimal point. */
const LIMIT = `1${'0'.repeat(16)}`

/** Returns an error when an amount of the quote is too large to be stored. */
export function sizeErrors({ lines, subtotal, total }: QuoteTotals): UserError[] {
  const isTooLarge = [subtotal, total, ...lines.map(({ amount }) => amount)].some(
    (amount) => compareDecimals(amount, LIMIT) >= 0,
  )
  return isTooLarge
    ? [invalid(['input', 'lines'], 'The amounts have more than 16 digits before the decimal point.')]
    : []
}
