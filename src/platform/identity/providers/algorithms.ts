/**
 * Signature algorithms that tokens of identity providers may use. Each provider of a workspace lists some of them. Only
 * asymmetric algorithms are allowed: with `HS256` anyone who knows the public key could sign, and with `none` anyone at
 * all.
 */
export const IDENTITY_ALGORITHMS: readonly string[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]

/** Returns the named algorithms that are in `IDENTITY_ALGORITHMS`. */
export function usableAlgorithms(named: readonly string[]): string[] {
  return IDENTITY_ALGORITHMS.filter((algorithm) => named.includes(algorithm))
}
