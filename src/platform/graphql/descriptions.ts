/** What the columns say that every record has. */
export const STANDARD_DESCRIPTIONS: Readonly<Record<string, string>> = {
  id: 'Globally unique id: the type and a time-ordered uuid.',
  version: 'Counts the writes to the record; updates name the version they were made from.',
  createdAt: 'When the record was made.',
  updatedAt: 'When the record was last written.',
  deletedAt: 'When the record was put away; null while it is in use.',
  createdBy: 'Who made the record.',
  updatedBy: 'Who wrote the record last.',
}

/** `firstName` as `first name`. */
export function words(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
