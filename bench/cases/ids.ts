import { decodeId } from '../../src/platform/declare/record-id.ts'

/** Returns the uuid in a record id of Rapport. Null stays null. */
export function uuidOf(id: unknown): string | null {
  if (id === null) return null
  const decoded = decodeId(String(id))
  if (!decoded) throw new Error(`${String(id)} is not a record id of Rapport.`)
  return decoded.uuid
}
