import { compareDecimals } from '../../../platform/formats/decimal.ts'
import type { Bundle, BundleGroup, BundleOption, Line, Violation } from './configuration.ts'

/**
 * Returns every rule of the bundle that the parts violate: the one definition of a valid configuration. A part that is no
 * option of the bundle is a violation too.
 */
export function findViolations(bundle: Bundle, lines: readonly Line[]): Violation[] {
  const quantities = new Map(lines.map(({ product, quantity }) => [product, quantity]))
  const options = new Map(bundle.options.map((option) => [option.product, option]))
  return [
    ...lines.flatMap(({ product }) => (options.has(product) ? [] : [violation('NOT_AN_OPTION', { product })])),
    ...bundle.options.flatMap((option) => ofOption(option, quantities.get(option.product))),
    ...bundle.groups.flatMap((group) => ofGroup(bundle, group, quantities)),
    ...bundle.constraints.flatMap(({ product, kind, other }) => {
      if (!quantities.has(product) || quantities.has(other) === (kind === 'REQUIRES')) return []
      return [violation(kind, { product, other })]
    }),
  ]
}

function ofOption(option: BundleOption, quantity: string | undefined): Violation[] {
  const { product, isRequired, minimumQuantity: least, maximumQuantity: most } = option
  if (quantity === undefined) return isRequired ? [violation('REQUIRED', { product })] : []
  return [
    ...(option.isForSale ? [] : [violation('NOT_FOR_SALE', { product })]),
    ...(least !== null && compareDecimals(quantity, least) < 0
      ? [violation('QUANTITY_MINIMUM', { product, limit: least })]
      : []),
    ...(most !== null && compareDecimals(quantity, most) > 0
      ? [violation('QUANTITY_MAXIMUM', { product, limit: most })]
      : []),
  ]
}

function ofGroup({ options }: Bundle, group: BundleGroup, quantities: ReadonlyMap<string, string>): Violation[] {
  const { name, minimum, maximum } = group
  const count = options.filter((option) => option.group === name && quantities.has(option.product)).length
  if (count < minimum) return [violation('GROUP_MINIMUM', { group: name, limit: String(minimum) })]
  return maximum !== null && count > maximum
    ? [violation('GROUP_MAXIMUM', { group: name, limit: String(maximum) })]
    : []
}

/** Returns a violation in which what is not named is null. */
export function violation(rule: Violation['rule'], details: Partial<Omit<Violation, 'rule'>>): Violation {
  return { rule, product: null, other: null, group: null, limit: null, ...details }
}
