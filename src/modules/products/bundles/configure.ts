import { compareDecimals } from '../../../platform/formats/decimal.ts'
import type { Bundle, BundleOption, Choice, Configuration, Decision, Rule, Violation } from './configuration.ts'
import { findViolations, violation } from './find-violations.ts'

/**
 * Completes the choices of a customer and validates them. What the customer chose is never changed, also where it is not
 * valid: then the violations say why. In turn are added
 *
 * 1. what the bundle requires,
 * 2. what the parts require of each other,
 * 3. the default options of groups of which nothing was chosen, and default options without a group.
 *
 * Nothing is added that the customer left out, that a part excludes, or for which its group has no place, together with all
 * that it requires itself. So what is added never violates a rule that the choices did not violate before.
 */
export function configure(bundle: Bundle, choices: readonly Choice[]): Configuration {
  const state = start(bundle, choices)
  for (const option of bundle.options) if (option.isRequired) addWith(state, option, 'REQUIRED', null)
  for (const product of [...state.quantities.keys()]) addRequiredBy(state, product)
  const chosenGroups = new Set([...state.quantities.keys()].map((product) => state.options.get(product)?.group))
  for (const option of bundle.options)
    if (option.isDefault && (option.group === null || !chosenGroups.has(option.group)))
      addWith(state, option, 'DEFAULT', null)
  const lines = bundle.options.flatMap(({ product }) => {
    const quantity = state.quantities.get(product)
    return quantity === undefined ? [] : [{ product, quantity }]
  })
  return { lines, decisions: state.decisions, violations: [...state.refused, ...findViolations(bundle, lines)] }
}

interface State {
  readonly bundle: Bundle
  readonly options: ReadonlyMap<string, BundleOption>
  /** Quantities of the parts. */
  readonly quantities: Map<string, string>
  /** Products that the customer left out. */
  readonly leftOut: Set<string>
  readonly decisions: Decision[]
  /** Choices that can't be parts. */
  readonly refused: Violation[]
}

function start(bundle: Bundle, choices: readonly Choice[]): State {
  const options = new Map(bundle.options.map((option) => [option.product, option]))
  const state: State = { bundle, options, quantities: new Map(), leftOut: new Set(), decisions: [], refused: [] }
  const seen = new Set<string>()
  for (const { product, quantity } of choices) {
    const option = options.get(product)
    if (!option) state.refused.push(violation('NOT_AN_OPTION', { product }))
    else if (seen.has(product)) state.refused.push(violation('CHOSEN_TWICE', { product }))
    else if (quantity !== null && compareDecimals(quantity, '0') <= 0) {
      state.leftOut.add(product)
      decide(state, 'CHOICE', option, false, null)
    } else {
      state.quantities.set(product, quantity ?? option.defaultQuantity)
      decide(state, 'CHOICE', option, true, null)
    }
    seen.add(product)
  }
  return state
}

/** Adds what the part requires, each with what it requires itself. */
function addRequiredBy(state: State, product: string): void {
  for (const { kind, product: requiring, other } of state.bundle.constraints) {
    if (kind !== 'REQUIRES' || requiring !== product) continue
    const option = state.options.get(other)
    if (option) addWith(state, option, 'REQUIRES', product)
  }
}

/**
 * Adds an option and all that it requires, directly and indirectly, or nothing of it where one of them can't be added. Each
 * decision says by which rule, or which rule prevented it.
 */
function addWith(state: State, option: BundleOption, rule: Rule, by: string | null): void {
  if (state.quantities.has(option.product)) return
  const additions = new Map<
    string,
    { readonly option: BundleOption; readonly rule: Rule; readonly by: string | null }
  >()
  const pending = [{ option, rule, by }]
  for (let next = pending.shift(); next; next = pending.shift()) {
    const { product } = next.option
    if (state.quantities.has(product) || additions.has(product)) continue
    const parts = new Set([...state.quantities.keys(), ...additions.keys()])
    const obstacle = obstacleTo(state, next.option, parts)
    if (obstacle) {
      // What the customer left out has a decision already.
      if (obstacle.rule !== 'CHOICE' || obstacle.other !== option.product)
        decide(state, obstacle.rule, option, false, obstacle.other)
      return
    }
    additions.set(product, next)
    for (const { kind, product: requiring, other } of state.bundle.constraints) {
      if (kind !== 'REQUIRES' || requiring !== product || parts.has(other)) continue
      const required = state.options.get(other)
      if (!required) {
        decide(state, 'NOT_AN_OPTION', option, false, other)
        return
      }
      pending.push({ option: required, rule: 'REQUIRES', by: product })
    }
  }
  for (const [product, addition] of additions) {
    state.quantities.set(product, addition.option.defaultQuantity)
    decide(state, addition.rule, addition.option, true, addition.by)
  }
}

/** Returns why an option can't be added to the parts; null when it can. */
function obstacleTo(
  { bundle, leftOut, options }: State,
  { product, group, isForSale }: BundleOption,
  parts: ReadonlySet<string>,
): { readonly rule: Rule; readonly other: string | null } | null {
  if (!isForSale) return { rule: 'NOT_FOR_SALE', other: product }
  if (leftOut.has(product)) return { rule: 'CHOICE', other: product }
  for (const { kind, product: one, other } of bundle.constraints) {
    if (kind !== 'EXCLUDES') continue
    if (one === product && parts.has(other)) return { rule: 'EXCLUDES', other }
    if (other === product && parts.has(one)) return { rule: 'EXCLUDES', other: one }
  }
  const maximum = bundle.groups.find(({ name }) => name === group)?.maximum ?? null
  const count = [...parts].filter((part) => options.get(part)?.group === group).length
  return group !== null && maximum !== null && count >= maximum ? { rule: 'GROUP_MAXIMUM', other: null } : null
}

function decide(state: State, rule: Rule, option: BundleOption, isChosen: boolean, other: string | null): void {
  state.decisions.push({ rule, product: option.product, isChosen, other, group: option.group })
}
