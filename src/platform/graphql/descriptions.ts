import type { ObjectType } from '../registry/object-type.ts'

/** Descriptions of the columns that every record has. */
export const STANDARD_DESCRIPTIONS: Readonly<Record<string, string>> = {
  id: 'Globally unique id: a prefix for the type, and a time-ordered uuid.',
  version: 'Counts the writes to the record. An update states the version that it was made from.',
  createdAt: 'When the record was created.',
  updatedAt: 'When the record was last written.',
  deletedAt: 'When the record was soft-deleted; null if it is not.',
  createdBy: 'Who created the record.',
  updatedBy: 'Who last wrote the record.',
}

/** Words that are not written in lower case, or not as in names. */
const SPELLINGS: Readonly<Record<string, string>> = { api: 'API', email: 'e-mail', url: 'URL' }

/** Returns a name of a type or field as words, for descriptions: `firstName` as `first name`, `ApiKey` as `API key`. */
export function words(name: string): string {
  const parts = name.split(/(?<=[a-z0-9])(?=[A-Z])|(?=[A-Z][a-z])/)
  const isAbbreviation = (part: string) => /^[A-Z]{2}/.test(part)
  return parts
    .map((part) => SPELLINGS[part.toLowerCase()] ?? (isAbbreviation(part) ? part : part.toLowerCase()))
    .join(' ')
}

/**
 * Returns the plural of an object for descriptions: `API keys`, or `audit entry records` for an object without a
 * plural.
 */
export function pluralWords({ name, plural }: Pick<ObjectType, 'name' | 'plural'>): string {
  return plural === null ? `${words(name)} records` : words(plural)
}
