import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Bundle, Choice, Line, Violation } from '../../src/modules/products/bundles/configuration.ts'
import { configure } from '../../src/modules/products/bundles/configure.ts'
import { findViolations } from '../../src/modules/products/bundles/find-violations.ts'

/*
 * The pure functions behind `configureProduct`, with random bundles of up to 8 options. That the API uses them is tested in
 * products-bundles.test.ts.
 */

const PRODUCTS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const product = fc.constantFrom(...PRODUCTS)
const GROUPS = ['X', 'Y']

const group = (name: string) =>
  fc
    .tuple(fc.nat(2), fc.option(fc.integer({ min: 1, max: 3 })))
    .map(([minimum, maximum]) => ({ name, minimum: Math.min(minimum, maximum ?? 2), maximum }))

const option = (name: string) =>
  fc
    .record({
      group: fc.option(fc.constantFrom(...GROUPS)),
      isRequired: fc.integer({ max: 4, min: 0 }).map((one) => one === 0),
      isDefault: fc.boolean(),
      isForSale: fc.integer({ max: 6, min: 0 }).map((one) => one > 0),
      quantities: fc.tuple(fc.option(fc.nat(3)), fc.nat(3), fc.option(fc.nat(3))),
    })
    .map(({ quantities: [below, extra, above], ...rest }) => {
      const least = below === null ? null : below + 1
      const usual = (least ?? 1) + extra
      return {
        ...rest,
        product: name,
        defaultQuantity: `${usual}.50`,
        minimumQuantity: least === null ? null : `${least}.5`,
        maximumQuantity: above === null ? null : `${usual + above}.5`,
      }
    })

const bundle: fc.Arbitrary<Bundle> = fc.record({
  groups: fc.tuple(...GROUPS.map(group)),
  options: fc.subarray(PRODUCTS.slice(0, 7)).chain((names) => fc.tuple(...names.map(option))),
  constraints: fc.uniqueArray(
    fc
      .record({ product, kind: fc.constantFrom('REQUIRES' as const, 'EXCLUDES' as const), other: product })
      .filter((one) => one.product !== one.other),
    { maxLength: 6, selector: (one) => `${one.product} ${one.other}` },
  ),
})

const choices: fc.Arbitrary<readonly Choice[]> = fc.array(
  fc.record({ product, quantity: fc.option(fc.constantFrom('0', '1', '2.5', '7')) }),
  { maxLength: 5 },
)

const keyOf = ({ rule, product, other, group }: Violation) => [rule, product, other, group].join(' ')

/** The choices as parts, without any completion. */
function chosenLines({ options }: Bundle, made: readonly Choice[]): Line[] {
  const first = new Map<string, string | null>()
  for (const choice of made) if (!first.has(choice.product)) first.set(choice.product, choice.quantity)
  return options.flatMap((each) => {
    const quantity = first.get(each.product)
    if (quantity === undefined || quantity === '0') return []
    return [{ product: each.product, quantity: quantity ?? each.defaultQuantity }]
  })
}

/** The documented rules once more, with numbers and without the code under test. */
function oracle({ groups, options, constraints }: Bundle, lines: readonly Line[]): string[] {
  const has = (name: string) => lines.some((line) => line.product === name)
  const found: string[] = []
  const add = (rule: string, product = '', other = '', group = '') =>
    found.push([rule, product, other, group].join(' '))
  for (const each of options) {
    const line = lines.find((one) => one.product === each.product)
    if (!line && each.isRequired) add('REQUIRED', each.product)
    if (!line) continue
    if (!each.isForSale) add('NOT_FOR_SALE', each.product)
    if (Number(line.quantity) < Number(each.minimumQuantity ?? 0)) add('QUANTITY_MINIMUM', each.product)
    if (Number(line.quantity) > Number(each.maximumQuantity ?? 1e9)) add('QUANTITY_MAXIMUM', each.product)
  }
  for (const { name, minimum, maximum } of groups) {
    const count = options.filter((each) => each.group === name && has(each.product)).length
    if (count < minimum) add('GROUP_MINIMUM', '', '', name)
    if (count > (maximum ?? 1e9)) add('GROUP_MAXIMUM', '', '', name)
  }
  for (const { product, kind, other } of constraints) {
    if (kind === 'REQUIRES' && has(product) && !has(other)) add(kind, product, other)
    if (kind === 'EXCLUDES' && has(product) && has(other)) add(kind, product, other)
  }
  return found.sort()
}

const property = (check: (made: Bundle, chosen: readonly Choice[]) => void) =>
  fc.assert(fc.property(bundle, choices, check), { numRuns: 2_000 })

it('the violations of a configuration are exactly the rules that its parts break', () => {
  property((made, chosen) => {
    const { lines, violations } = configure(made, chosen)
    const ofParts = violations.filter(({ rule }) => rule !== 'NOT_AN_OPTION' && rule !== 'CHOSEN_TWICE')
    expect(ofParts.map(keyOf).sort()).toEqual(oracle(made, lines))
  })
})

it('what is added violates no rule that the choices alone do not violate', () => {
  property((made, chosen) => {
    const before = findViolations(made, chosenLines(made, chosen)).map(keyOf)
    const after = findViolations(made, configure(made, chosen).lines).map(keyOf)
    expect(after.filter((key) => !before.includes(key))).toEqual([])
  })
})

it('the choices stay as they were made, and nothing is added that was left out', () => {
  property((made, chosen) => {
    const { lines } = configure(made, chosen)
    for (const line of chosenLines(made, chosen)) expect(lines).toContainEqual(line)
    const first = new Map([...chosen].reverse().map((choice) => [choice.product, choice.quantity]))
    expect(lines.filter((line) => first.get(line.product) === '0')).toEqual([])
  })
})

it('one decision explains each part, by a rule that applies to it', () => {
  property((made, chosen) => {
    const { lines, decisions } = configure(made, chosen)
    const accepted = decisions.filter(({ isChosen }) => isChosen)
    expect(accepted.map((each) => each.product).sort()).toEqual(lines.map((line) => line.product).sort())
    const parts = new Set(lines.map((line) => line.product))
    for (const { rule, product: name, other } of accepted) {
      const part = made.options.find((each) => each.product === name)
      const applies: Record<string, boolean | undefined> = {
        CHOICE: chosen.some((choice) => choice.product === name),
        REQUIRED: part?.isRequired,
        DEFAULT: part?.isDefault,
        REQUIRES:
          parts.has(other ?? '') &&
          made.constraints.some((one) => one.kind === 'REQUIRES' && one.product === other && one.other === name),
      }
      expect([name, rule, applies[rule]]).toEqual([name, rule, true])
    }
  })
})

it('each required option, requirement of a part and default that is no part has a decision that says which rule prevented it', () => {
  property((made, chosen) => {
    const { lines, decisions } = configure(made, chosen)
    const parts = new Set(lines.map((line) => line.product))
    const wanted = made.options.filter(
      (each) =>
        !parts.has(each.product) &&
        (each.isRequired ||
          (each.isDefault &&
            (each.group === null || !made.options.some((one) => one.group === each.group && parts.has(one.product)))) ||
          made.constraints.some(
            (one) => one.kind === 'REQUIRES' && parts.has(one.product) && one.other === each.product,
          )),
    )
    for (const each of wanted)
      expect(decisions.filter((one) => one.product === each.product && !one.isChosen)).not.toEqual([])
  })
})

it('configuring a configuration again changes nothing', () => {
  property((made, chosen) => {
    const { lines } = configure(made, chosen)
    const leftOut = chosen.filter(({ product: name }) => !lines.some((line) => line.product === name))
    expect(configure(made, [...lines, ...leftOut.map((choice) => ({ ...choice, quantity: '0' }))]).lines).toEqual(lines)
  })
})

it('refuses a choice that is no option of the bundle, and a second choice of a product', () => {
  property((made, chosen) => {
    const refused = configure(made, chosen).violations.filter(
      ({ rule }) => rule === 'NOT_AN_OPTION' || rule === 'CHOSEN_TWICE',
    )
    const names = chosen.map((choice) => choice.product)
    const expected = names.flatMap((name, index) => {
      if (!made.options.some((each) => each.product === name)) return [`NOT_AN_OPTION ${name}`]
      return names.indexOf(name) < index ? [`CHOSEN_TWICE ${name}`] : []
    })
    expect(refused.map(({ rule, product: name }) => `${rule} ${name}`)).toEqual(expected)
  })
})
