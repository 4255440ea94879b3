import { createHash, randomBytes } from 'node:crypto'

const SECRET_BYTES = 32

/** What a secret is for, told by its prefix; the prefix also lets secret scanners find one. */
export type SecretKind = 'rpk_' | 'rpr_' | 'rps_'

/** A new secret of 256 random bits: an API key (`rpk_`), a refresh token (`rpr_`) or a setup token (`rps_`). */
export function makeSecret(kind: SecretKind): string {
  return kind + randomBytes(SECRET_BYTES).toString('base64url')
}

/** Whether the text can be a secret of this kind that was ever given out. */
export function isSecret(kind: SecretKind, text: string): boolean {
  return text.startsWith(kind) && /^[\w-]{43}$/.test(text.slice(kind.length))
}

/** What the database keeps. A plain hash is enough: 256 random bits can't be guessed, however fast one tries. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
