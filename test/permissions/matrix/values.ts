import type { MatrixRecord } from './matrix-record.ts'
import type { RecordShape } from './schema.ts'

/** Returns the places (input paths) whose values occur in the text, of fields that `isMeant` accepts; all for null. */
export function valuesIn(
  text: string | null,
  records: readonly MatrixRecord[],
  isMeant: (field: string) => boolean,
): string[] {
  return records.flatMap(({ canaries, shape, kind }) =>
    [...canaries].flatMap(([path, canary]) => {
      // All amounts of a record are the same, so they do not tell fields apart.
      if (/\.37$/.test(canary)) return []
      const field = fieldOf(shape, path)
      return field !== null && isMeant(field) && (text === null || text.includes(canary))
        ? [`${shape.type}.${path} of ${kind}`]
        : []
    }),
  )
}

/**
 * Fields that are derived from others. Permission for a derived field shows that much of the fields it is derived from.
 */
const DERIVED: Readonly<Record<string, readonly string[]>> = {
  'Account.shout': ['name'],
  'Contact.fullName': ['firstName', 'lastName'],
  'Contact.primaryEmail': ['emails'],
  'Contact.primaryPhone': ['phones'],
  'Lead.fullName': ['firstName', 'lastName'],
}

/** Values of an input that the record does not keep, because it computes another one from the rest of the input. */
export const COMPUTED: ReadonlySet<string> = new Set(['Opportunity.amount.amount', 'Opportunity.amount.currency'])

/** Entries of `DERIVED` that explained a value. A test fails when an entry explains nothing and has to be removed. */
export const derivedMet = new Set<string>()

export const DERIVED_FIELDS = Object.keys(DERIVED).sort()

/** Whether a derived field of the type (or only the field `from`) explains that the value of another field is shown. */
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

/** Returns the field of the record that a place of its input sets; null for none. */
export function fieldOf(shape: RecordShape, path: string): string | null {
  const parts = path.split('.').filter((part) => !/^\d+$/.test(part))
  const [first = '', second = ''] = parts
  const names = new Set(shape.fields.map(({ name }) => name))
  const name = first.charAt(0).toUpperCase() + first.slice(1) === shape.type ? second : first
  return names.has(name) ? name : names.has(name.replace(/Ids?$/, '')) ? name.replace(/Ids?$/, '') : null
}
