import { decodeId } from '../../src/platform/declare/record-id.ts'

/** The uuid in one of Rapport's ids; null stays null. */
export function uuidOf(id: unknown): string | null {
  if (id === null) return null
  const decoded = decodeId(String(id))
  if (!decoded) throw new Error(`${String(id)} is no id of Rapport.`)
  return decoded.uuid
}
