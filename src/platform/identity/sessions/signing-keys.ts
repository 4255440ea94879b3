import { type CryptoKey, importJWK, type JSONWebKeySet } from 'jose'
import type { Pool } from 'pg'
import { KEYS_FRESH_SECONDS, readSigningKeys, SIGNING_ALGORITHM, type StoredSigningKey } from './signing-key-store.ts'

/** The signing keys of the installation, cached by a node. The cache follows rotations that other processes make. */
export interface SigningKeys {
  /** Returns the key that signs new tokens. */
  current(): Promise<SigningKey>
  /** Returns the public key with this `kid`, or null when no such key is accepted. */
  find(kid: string): Promise<CryptoKey | null>
  /** Returns the content of `/.well-known/jwks.json` (RFC 7517): the public halves of the accepted keys. */
  publicJwks(): Promise<JSONWebKeySet>
}

/** The key that signs new tokens. */
export interface SigningKey {
  readonly kid: string
  readonly privateKey: CryptoKey
}

const KEYS_FRESH_MS = KEYS_FRESH_SECONDS * 1000
/** Maximum age of the cached keys that `publicJwks` returns. */
const PUBLISHED_FRESH_MS = 1_000
/** Minimum time between two searches of the database for a `kid` that is not cached. */
const UNKNOWN_KID_PAUSE_MS = 3_000
/** A SHA-256 thumbprint (RFC 7638) in base64url. */
const KID = /^[\w-]{43}$/

/**
 * Reads the signing keys of the installation and creates the first key when none exists. `ownerPool` must stay open.
 */
export async function openSigningKeys(ownerPool: Pool): Promise<SigningKeys> {
  let keys = await load(ownerPool)
  // Ages are measured on the monotonic clock: a system clock that is set back must not keep old keys in use.
  let readAt = performance.now()
  let lastSearchAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | null = null

  function reload(): Promise<void> {
    reading ??= load(ownerPool)
      .then((loaded) => {
        keys = loaded
        readAt = performance.now()
      })
      .finally(() => {
        reading = null
      })
    return reading
  }

  // The age is checked on use, so there is no timer to stop.
  async function keysNoOlderThan(milliseconds: number): Promise<LoadedKeys> {
    if (performance.now() - readAt > milliseconds) await reload()
    return keys
  }

  return {
    async current() {
      return (await keysNoOlderThan(KEYS_FRESH_MS)).current
    },
    async find(kid) {
      const cached = acceptedKey(await keysNoOlderThan(KEYS_FRESH_MS), kid)
      if (cached || !KID.test(kid)) return cached
      // Another process may just have created the key. The pause keeps invented key ids from each causing a query.
      if (performance.now() - lastSearchAt < UNKNOWN_KID_PAUSE_MS) return null
      lastSearchAt = performance.now()
      await reload()
      return acceptedKey(keys, kid)
    },
    async publicJwks() {
      return { keys: (await keysNoOlderThan(PUBLISHED_FRESH_MS)).accepted.map(publicJwkOf) }
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
  if (!current) throw new Error('The table signing_keys lost its current key while it was being read. Start again.')
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
