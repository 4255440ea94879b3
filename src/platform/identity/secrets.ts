import { createHash, randomBytes } from 'node:crypto'

const SECRET_BYTES = 32

/** The prefix of a secret. It shows what the secret is for and lets secret scanners find leaked ones. */
export type SecretKind = 'rpk_' | 'rpr_' | 'rps_' | 'rpx_' | 'rpc_'

/**
 * Returns a new secret of 256 random bits: an API key (`rpk_`), a refresh token (`rpr_`), a setup token (`rps_`), or the
 * token in the address of an export (`rpx_`) or of the confirmation of an e-mail address (`rpc_`).
 */
export function makeSecret(kind: SecretKind): string {
  return kind + randomBytes(SECRET_BYTES).toString('base64url')
}

/** Whether the text has the form of a secret of this kind. */
export function isSecret(kind: SecretKind, text: string): boolean {
  return text.startsWith(kind) && /^[\w-]{43}$/.test(text.slice(kind.length))
}

/** Returns the hash that the database stores. A fast hash is enough: 256 random bits can't be guessed at any speed. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
