import type { ObjectType } from '../registry/object-type.ts'

/**
 * Descriptions of the fields that most objects have, by field name. A field has such a description when its model has
 * no comment on the column or relation.
 */
export const STANDARD_DESCRIPTIONS: Readonly<Record<string, string>> = {
  id: 'Id of the record, unique across all types: a prefix for its type and a time-ordered part, such as `account_01h455vb4pex5vsknk084sn02q`.',
  version:
    'Version of the record: 1 when it is created, and one more after each write. An update sends the version that the client read, so that it does not overwrite a later change.',
  createdAt: 'When the record was created.',
  updatedAt: 'When the record was last written.',
  deletedAt: 'When the record was soft-deleted; null if it is not soft-deleted.',
  createdBy: 'The user, API key or plugin that created the record.',
  updatedBy: 'The user, API key or plugin that last wrote the record.',
}

/** Spellings of words that descriptions write differently than names do, by the word in lower case. */
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
 * Returns the plural of an object for descriptions: `API keys`. When the object declares no plural, the English plural
 * of its name.
 */
export function pluralWords({ name, plural }: Pick<ObjectType, 'name' | 'plural'>): string {
  if (plural !== null) return words(plural)
  const noun = words(name)
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`
  return /(?:s|x|z|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`
}
