import { defineRule } from '../../platform/declare/rules/rule.ts'
import { invalid } from '../../platform/declare/rules/user-errors.ts'

export const figuresFit = defineRule({
  name: 'opportunities.figuresFit',
  description: 'The amount of an opportunity is not negative, and the shares of its members add up to 100 %.',
  object: 'Opportunity',
  on: ['create', 'update'],
  // Administrators can't disable the rule.
  isIntegral: true,
  before({ values: { amountAmount }, items }) {
    const shares = (items.get('members') ?? []).flatMap(({ splitPercent }) =>
      typeof splitPercent === 'string' ? [splitPercent] : [],
    )
    return {
      refusals: [
        ...(amountAmount?.startsWith('-') ? [invalid(['input', 'amount', 'amount'], 'Must not be negative.')] : []),
        ...(shares.length > 0 && sumOfHundredths(shares) !== 100_00
          ? [
              invalid(
                ['input', 'members'],
                `The shares have to add up to 100 %, and not to ${percent(sumOfHundredths(shares))} %.`,
              ),
            ]
          : []),
      ],
    }
  },
})

/** Adds up percentages with at most two decimal places, in hundredths: whole numbers, so that nothing is rounded. */
export function sumOfHundredths(percentages: readonly string[]): number {
  return percentages.reduce((sum, text) => {
    const [whole = '0', fraction = ''] = text.split('.')
    return sum + Number(whole) * 100 + Number(fraction.slice(0, 2).padEnd(2, '0'))
  }, 0)
}

function percent(hundredths: number): string {
  const fraction = String(hundredths % 100).padStart(2, '0')
  return `${Math.trunc(hundredths / 100)}${fraction === '00' ? '' : `.${fraction}`}`
}
