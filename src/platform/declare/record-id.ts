const SUFFIX_ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const HYPHEN = 45
const ZERO = 48
const NINE = 57
const A = 97
const TYPE_ID = /^([a-z](?:[a-z_]{0,61}[a-z])?)_([0-7][0-9abcdefghjkmnpqrstvwxyz]{25})$/

/**
 * The public id of a record: a TypeID (https://github.com/jetify-com/typeid), the type's prefix and the uuid in base 32.
 * Written by hand because it runs for every id of every answer: the library's takes several times as long.
 */
export function encodeId(prefix: string, uuid: string): string {
  // 130 bits: two zero bits, then the 128 of the uuid, in 26 characters of five bits.
  let text = `${prefix}_`
  let pending = 0
  let bits = 2
  for (let index = 0; index < uuid.length; index++) {
    const code = uuid.charCodeAt(index)
    if (code === HYPHEN) continue
    pending = ((pending << 4) | (code <= NINE ? code - ZERO : code - A + 10)) & 0xff
    bits += 4
    if (bits >= 5) {
      bits -= 5
      text += SUFFIX_ALPHABET.charAt((pending >> bits) & 31)
    }
  }
  return text
}

/**
 * The uuid in the id of a record whose type has the prefix, such as `account`, or null for an id of another type or none at
 * all.
 */
export function decodeRecordId(id: unknown, prefix: string): string | null {
  const decoded = typeof id === 'string' ? decodeId(id) : null
  return decoded?.prefix === prefix ? decoded.uuid : null
}

/**
 * Prefix and uuid of a public id, or null when it is malformed. Any 128 bits will do: whether a record has that id is
 * for the database to say, and the library throws for what is no uuid of a known version.
 */
export function decodeId(id: string): { readonly prefix: string; readonly uuid: string } | null {
  const [, prefix, suffix] = TYPE_ID.exec(id) ?? []
  if (prefix === undefined || suffix === undefined) return null
  let bits = 0n
  for (const character of suffix) bits = (bits << 5n) | BigInt(SUFFIX_ALPHABET.indexOf(character))
  const hex = bits.toString(16).padStart(32, '0')
  return {
    prefix,
    uuid: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`,
  }
}
