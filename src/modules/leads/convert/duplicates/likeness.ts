/** A fact that a lead and a stored record have in common. */
export interface Likeness {
  /** How much it says that both are the same, from 0 to 100. */
  readonly score: number
  /** For a person to read. */
  readonly reason: string
}

/** A stored record and what it has in common with a lead. */
export interface AlikeRecord {
  /** uuid */
  readonly id: string
  readonly facts: readonly Likeness[]
}

/** Least score of a record that counts as a duplicate. One name alone is below it: many people share one. */
export const DUPLICATE_FROM = 80

/**
 * Returns the score of several facts together: the chance that none of them is by accident, each taken by itself. 80 and 85
 * together give 97.
 */
export function togetherScore(facts: readonly Likeness[]): number {
  const rest = facts.reduce((product, { score }) => product * (1 - score / 100), 1)
  return Math.round((1 - rest) * 100)
}

/** Words at the end of the name of an organisation that do not distinguish it. */
const LEGAL_FORMS = new Set([
  'ab',
  'ag',
  'as',
  'bv',
  'co',
  'corp',
  'corporation',
  'gmbh',
  'inc',
  'incorporated',
  'kg',
  'limited',
  'llc',
  'llp',
  'ltd',
  'nv',
  'oy',
  'plc',
  'pty',
  'sa',
  'sarl',
  'se',
  'spa',
  'srl',
])

/** Returns a name as it is compared: without accents, case, punctuation and legal forms. `Ácme, Inc.` becomes `acme`. */
export function comparableName(name: string): string {
  const words = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/(?<=\b\p{L})\.(?=\p{L}\b)/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
  while (words.length > 1 && LEGAL_FORMS.has(words.at(-1) ?? '')) words.pop()
  return words.join(' ')
}
