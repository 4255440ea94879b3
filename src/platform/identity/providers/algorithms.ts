/**
 * Signature algorithms that an identity provider's tokens may have; a provider of a workspace names some of them. Asymmetric
 * ones only: with `HS256` whoever knows the public key could sign, with `none` everybody.
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

/** Those of the named algorithms that may be used at all. */
export function usableAlgorithms(named: readonly string[]): string[] {
  return IDENTITY_ALGORITHMS.filter((algorithm) => named.includes(algorithm))
}
