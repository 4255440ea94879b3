import type { Decision, Violation } from './configuration.ts'

/** Returns the name of a product; a product that the caller may not see, or that is no part of the bundle, has none. */
type NameOf = (product: string) => string

/** Returns a decision as an English sentence. */
export function decisionText({ rule, product, isChosen, other, group }: Decision, nameOf: NameOf): string {
  const name = nameOf(product)
  const by = other === null || other === product ? 'it' : nameOf(other)
  if (isChosen) {
    switch (rule) {
      case 'REQUIRED':
        return `${name} is a part of every configuration.`
      case 'REQUIRES':
        return `${name} was added because ${by} requires it.`
      case 'DEFAULT':
        return group === null ? `${name} was added by default.` : `${name} is the default of ${group}.`
      default:
        return `${name} was chosen.`
    }
  }
  switch (rule) {
    case 'EXCLUDES':
      return `${name} was not added: it can't be combined with ${by}.`
    case 'GROUP_MAXIMUM':
      return `${name} was not added: its option group, or that of what it requires, has no place left.`
    case 'NOT_AN_OPTION':
      return `${name} was not added: what it requires is no option of the bundle.`
    case 'NOT_FOR_SALE':
      return `${name} was not added: ${by} is not for sale.`
    default:
      return other === null ? `${name} was left out.` : `${name} was not added: ${by} was left out.`
  }
}

/** Returns a violation as an English sentence that says what to do. */
export function violationText({ rule, product, other, group, limit }: Violation, nameOf: NameOf): string {
  const name = product === null ? '' : nameOf(product)
  const named = other === null ? '' : nameOf(other)
  switch (rule) {
    case 'NOT_AN_OPTION':
      return `${name} is no option of the bundle. Leave it out.`
    case 'NOT_FOR_SALE':
      return `${name} is not for sale. Leave it out.`
    case 'CHOSEN_TWICE':
      return `${name} is chosen twice. Name it once, with its quantity.`
    case 'REQUIRES':
      return `${name} requires ${named}. Add it, or leave ${name} out.`
    case 'EXCLUDES':
      return `${name} can't be combined with ${named}. Leave one of them out.`
    case 'GROUP_MINIMUM':
      return `${group} needs at least ${limit} of its options. Choose more.`
    case 'GROUP_MAXIMUM':
      return `${group} takes at most ${limit} of its options. Choose fewer.`
    case 'QUANTITY_MINIMUM':
      return `The quantity of ${name} is at least ${limit}.`
    case 'QUANTITY_MAXIMUM':
      return `The quantity of ${name} is at most ${limit}.`
    default:
      return `${name} is a part of every configuration. Add it.`
  }
}
