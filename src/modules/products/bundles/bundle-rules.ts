import { defineRule } from '../../../platform/declare/rules/rule.ts'
import { invalid, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import type { Values } from '../../../platform/declare/rules/values.ts'
import { compareDecimals } from '../../../platform/formats/decimal.ts'

export const bundleFits = defineRule({
  name: 'products.bundleFits',
  description:
    'Names of option groups and products of options and constraints occur once, limits are not contradictory, options belong to groups of the bundle, and only a bundle has options.',
  object: 'Product',
  on: ['create', 'update'],
  // Administrators can't disable the rule: configurations rely on it.
  isIntegral: true,
  async before(write, { unrestricted }) {
    const { id, values, before } = write
    const sent = (field: string) => write.items.get(field)
    const kind = values.kind ?? before?.kind ?? 'GOODS'
    if (!sent('options') && !sent('optionGroups') && !sent('constraints') && values.kind === undefined) return undefined
    const stored = before !== null
    const groups =
      sent('optionGroups') ??
      (stored && sent('options')
        ? await unrestricted.prisma.productOptionGroup.findMany({ where: { productId: id } })
        : [])
    const options =
      sent('options') ?? (stored ? await unrestricted.prisma.productOption.findMany({ where: { bundleId: id } }) : [])
    const names = new Set(groups.map(({ name }) => name))
    const refusals = [
      ...twice('optionGroups', 'name', sent('optionGroups') ?? []),
      ...twice('options', 'productId', sent('options') ?? []),
      ...twice('constraints', 'otherId', sent('constraints') ?? []),
      ...(sent('optionGroups') ?? []).flatMap((group, index) => groupErrors(group, index)),
      ...(sent('options') ?? []).flatMap((option, index) => optionErrors(option, index, id)),
      ...(sent('constraints') ?? []).flatMap(({ otherId }, index) =>
        otherId === id ? [at('constraints', index, 'otherId', 'A product can’t require or exclude itself.')] : [],
      ),
    ]
    const lost = options.findIndex(({ groupName }) => groupName && !names.has(groupName))
    if (lost >= 0 && (sent('options') || sent('optionGroups')))
      refusals.push(
        sent('options')
          ? at('options', lost, 'groupName', 'The bundle has no option group with this name.')
          : invalid(
              ['input', 'optionGroups'],
              `An option belongs to the group ${options[lost]?.['groupName']}, which is missing.`,
            ),
      )
    if (kind !== 'BUNDLE' && options.length > 0)
      refusals.push(invalid(['input', 'kind'], 'Only a product of the kind BUNDLE has options.'))
    return { refusals }
  },
})

function groupErrors({ minimum, maximum }: Values, index: number): UserError[] {
  return typeof minimum === 'number' && typeof maximum === 'number' && minimum > maximum
    ? [at('optionGroups', index, 'maximum', 'Must not be less than minimum.')]
    : []
}

function optionErrors(option: Values, index: number, bundle: string): UserError[] {
  const { productId, defaultQuantity, minimumQuantity: least, maximumQuantity: most } = option
  const quantity = defaultQuantity ?? '1'
  return [
    ...(productId === bundle ? [at('options', index, 'productId', 'A bundle can’t be its own option.')] : []),
    ...(isLess(quantity, '0.0001') ? [at('options', index, 'defaultQuantity', 'Must be greater than 0.')] : []),
    ...(least && isLess(least, '0.0001') ? [at('options', index, 'minimumQuantity', 'Must be greater than 0.')] : []),
    ...(least && isLess(quantity, least)
      ? [
          at(
            'options',
            index,
            'minimumQuantity',
            'Must not be greater than defaultQuantity, which is 1 unless you set it.',
          ),
        ]
      : []),
    ...(most && isLess(most, quantity)
      ? [
          at(
            'options',
            index,
            'maximumQuantity',
            'Must not be less than defaultQuantity, which is 1 unless you set it.',
          ),
        ]
      : []),
  ]
}

function isLess(one: unknown, other: unknown): boolean {
  return compareDecimals(String(one), String(other)) < 0
}

/** Returns an error for each item that has the same value in the column as an earlier item. */
function twice(field: string, column: string, items: readonly Values[]): UserError[] {
  const values = items.map((item) => item[column])
  return values.flatMap((value, index) =>
    values.indexOf(value) < index ? [at(field, index, column, 'Occurs twice.')] : [],
  )
}

function at(field: string, index: number, column: string, message: string): UserError {
  return invalid(['input', field, String(index), column], message)
}
