import type { MatrixRecord } from './matrix-record.ts'
import type { RecordShape } from './schema.ts'

/** Places of records whose values the text holds, of certain fields; all of them where there is no text. */
export function valuesIn(
  text: string | null,
  records: readonly MatrixRecord[],
  isMeant: (field: string) => boolean,
): string[] {
  return records.flatMap(({ canaries, shape, kind }) =>
    [...canaries].flatMap(([path, canary]) => {
      // Amounts of a record are all the same.
      if (/\.37$/.test(canary)) return []
      const field = fieldOf(shape, path)
      return field !== null && isMeant(field) && (text === null || text.includes(canary))
        ? [`${shape.type}.${path} of ${kind}`]
        : []
    }),
  )
}

/**
 * Fields that are made of others, by what is seen of these: an allow-list that names them grants that much of the others.
 */
const DERIVED: Readonly<Record<string, readonly string[]>> = {
  'Account.shout': ['name'],
  'Contact.fullName': ['firstName', 'lastName'],
  'Contact.primaryEmail': ['emails'],
  'Contact.primaryPhone': ['phones'],
}

/** Those that were met: one that nothing shows any more is to be struck out. */
export const derivedMet = new Set<string>()

export const DERIVED_FIELDS = Object.keys(DERIVED).sort()

/** Whether what leaks of a field is what a field that may be read, or just this one, is made of. */
export function isDerived(shape: RecordShape, leak: string, from: string | null): boolean {
  const field = fieldOf(shape, leak.replace(/^[A-Za-z]+\./, '').replace(/ of .*$/, ''))
  const by = Object.entries(DERIVED).filter(
    ([name, of]) =>
      name.startsWith(`${shape.type}.`) &&
      of.includes(field ?? '') &&
      (from === null || name === `${shape.type}.${from}`),
  )
  for (const [name] of by) derivedMet.add(name)
  return by.length > 0
}

/** Field of a record that a place of its input sets. */
export function fieldOf(shape: RecordShape, path: string): string | null {
  const parts = path.split('.').filter((part) => !/^\d+$/.test(part))
  const [first = '', second = ''] = parts
  const names = new Set(shape.fields.map(({ name }) => name))
  const name = first.charAt(0).toUpperCase() + first.slice(1) === shape.type ? second : first
  return names.has(name) ? name : names.has(name.replace(/Ids?$/, '')) ? name.replace(/Ids?$/, '') : null
}
