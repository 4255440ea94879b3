import { isUuid } from '../formats/uuid.ts'

const SUFFIX_ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
// Character codes.
const HYPHEN = 45
const ZERO = 48
const NINE = 57
const A = 97
const TYPE_ID = /^([a-z](?:[a-z_]{0,61}[a-z])?)_([0-7][0-9abcdefghjkmnpqrstvwxyz]{25})$/

/**
 * Returns the public id of a record, such as `account_01jd…`: a TypeID (https://github.com/jetify-com/typeid), which is
 * the prefix of the object and the uuid in base 32. Does not call the TypeID library, because `encodeId` runs for every
 * id of every response, and the library's function takes several times as long.
 * @param prefix Prefix of the object's ids, such as `account`.
 * @param uuid uuid in lower case, with hyphens.
 */
export function encodeId(prefix: string, uuid: string): string {
  // 26 characters of 5 bits are 130 bits: two zero bits, then the 128 bits of the uuid.
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
 * Returns the uuid in the public id of a record, or null when the id is malformed or has another prefix.
 * @param prefix Prefix of the object's ids, such as `account`.
 */
export function decodeRecordId(id: unknown, prefix: string): string | null {
  const decoded = typeof id === 'string' ? decodeId(id) : null
  return decoded?.prefix === prefix ? decoded.uuid : null
}

/**
 * Returns the prefix and the uuid of a public id, or null when the id is malformed. Accepts any 128 bits as a uuid,
 * because a look-up of bits that are no uuid of a record finds nothing. The TypeID library would throw for a uuid of an
 * unknown version.
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

/**
 * Returns the public id for a uuid in upper or lower case. Returns any other value unchanged: it may already be a
 * public id, or no id at all.
 */
export function toRecordId(prefix: string, value: unknown): unknown {
  if (typeof value !== 'string') return value
  const uuid = value.toLowerCase()
  return isUuid(uuid) ? encodeId(prefix, uuid) : value
}
