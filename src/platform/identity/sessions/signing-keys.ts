import { type CryptoKey, importJWK, type JSONWebKeySet } from 'jose'
import type { Pool } from 'pg'
import { KEYS_FRESH_SECONDS, readSigningKeys, SIGNING_ALGORITHM, type StoredSigningKey } from './signing-key-store.ts'

/** The installation's key pairs, as a node knows them. They follow rotations that happen elsewhere. */
export interface SigningKeys {
  /** The key that signs now. */
  current(): Promise<SigningKey>
  /** The public key that a token's `kid` names, or null when no key of that name is accepted. */
  find(kid: string): Promise<CryptoKey | null>
  /** What `/.well-known/jwks.json` answers (RFC 7517): the public halves of the keys that are accepted. */
  publicJwks(): Promise<JSONWebKeySet>
}

export interface SigningKey {
  readonly kid: string
  readonly privateKey: CryptoKey
}

const KEYS_FRESH_MS = KEYS_FRESH_SECONDS * 1000
const PUBLISHED_FRESH_MS = 1_000
const UNKNOWN_KID_PAUSE_MS = 3_000
/** An RFC 7638 thumbprint by SHA-256, in base64url. */
const KID = /^[\w-]{43}$/

/** Reads the installation's signing keys, and makes the first where there is none. `ownerPool` must stay open. */
export async function openSigningKeys(ownerPool: Pool): Promise<SigningKeys> {
  let keys = await load(ownerPool)
  // Ages are on the monotonic clock: a system clock set back must not keep old keys alive.
  let readAt = performance.now()
  let searchedAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | null = null

  function readAgain(): Promise<void> {
    reading ??= load(ownerPool)
      .then((read) => {
        keys = read
        readAt = performance.now()
      })
      .finally(() => {
        reading = null
      })
    return reading
  }

  // Age is checked on use, which needs no timer, and so nothing to stop.
  async function noOlderThan(milliseconds: number): Promise<LoadedKeys> {
    if (performance.now() - readAt > milliseconds) await readAgain()
    return keys
  }

  return {
    async current() {
      return (await noOlderThan(KEYS_FRESH_MS)).current
    },
    async find(kid) {
      const known = acceptedKey(await noOlderThan(KEYS_FRESH_MS), kid)
      if (known || !KID.test(kid)) return known
      // Perhaps a key that another process made a moment ago. The pause keeps invented names from becoming queries.
      if (performance.now() - searchedAt < UNKNOWN_KID_PAUSE_MS) return null
      searchedAt = performance.now()
      await readAgain()
      return acceptedKey(keys, kid)
    },
    async publicJwks() {
      return { keys: (await noOlderThan(PUBLISHED_FRESH_MS)).accepted.map(publicJwkOf) }
    },
  }
}

interface LoadedKeys {
  readonly current: SigningKey
  readonly accepted: readonly AcceptedKey[]
}

interface AcceptedKey {
  readonly kid: string
  readonly publicKey: CryptoKey
  readonly publicJwk: StoredSigningKey['publicJwk']
}

async function load(ownerPool: Pool): Promise<LoadedKeys> {
  const stored = await readSigningKeys(ownerPool)
  const current = stored.find((key) => key.state === 'current')
  if (!current) throw new Error('The table signing_keys lost its current key while it was read. Start again.')
  return {
    current: { kid: current.kid, privateKey: await importKey(current.privateJwk) },
    accepted: await Promise.all(
      stored.map(async ({ kid, publicJwk }) => ({ kid, publicJwk, publicKey: await importKey(publicJwk) })),
    ),
  }
}

async function importKey(jwk: StoredSigningKey['publicJwk']): Promise<CryptoKey> {
  const key = await importJWK(jwk, SIGNING_ALGORITHM)
  if (key instanceof Uint8Array) throw new Error('A signing key must be an elliptic curve key, not a shared secret.')
  return key
}

function acceptedKey(keys: LoadedKeys, kid: string): CryptoKey | null {
  return keys.accepted.find((key) => key.kid === kid)?.publicKey ?? null
}

function publicJwkOf(key: AcceptedKey): JSONWebKeySet['keys'][number] {
  return { ...key.publicJwk, kid: key.kid, alg: SIGNING_ALGORITHM, use: 'sig' }
}
