import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import type { Pool, PoolClient } from 'pg'
import { z } from 'zod'
import { ownerTransaction } from '../../data/owner-transaction.ts'

/**
 * Algorithm of the signing keys. Every JWT library, gateway and identity product that supports elliptic curves supports
 * ES256: it is "Recommended+" in RFC 7518, while EdDSA came later, is optional, and is missing from many libraries
 * (.NET's own among them). ES256 signatures are a quarter as long as RSA signatures, and OpenSSL verifies P-256 faster
 * than Ed25519.
 */
export const SIGNING_ALGORITHM = 'ES256'

/** The longest lifetime of an access token, and therefore the time for which a retired key has to be kept. */
export const MAX_TOKEN_SECONDS = 24 * 60 * 60

/**
 * How long a node may use the keys that it has read. During this time it may sign with a key that another node has
 * retired.
 */
export const KEYS_FRESH_SECONDS = 30

/**
 * Seconds for which a key still verifies tokens after it was retired: until the last token that it signed has expired.
 */
const RETIRED_KEY_SECONDS = MAX_TOKEN_SECONDS + 2 * KEYS_FRESH_SECONDS

// The public schema lists the members by name, so that the private `d` is never published.
const publicJwk = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() })
const privateJwk = publicJwk.extend({ d: z.string() })

const signingKeyRow = z.discriminatedUnion('state', [
  z.object({ state: z.literal('current'), kid: z.string(), publicJwk, privateJwk, retiredAt: z.null() }),
  z.object({ state: z.literal('retired'), kid: z.string(), publicJwk, retiredAt: z.date() }),
])

/** A key pair as stored in the database; a retired key has no private half any more. */
export type StoredSigningKey = z.infer<typeof signingKeyRow>

/**
 * Returns the current key and the retired keys that still verify tokens, newest first. Creates the first key when none
 * exists.
 */
export async function readSigningKeys(ownerPool: Pool): Promise<StoredSigningKey[]> {
  const keys = await selectKeys(ownerPool)
  if (keys.some((key) => key.state === 'current')) return keys
  const newKey = await makeKey()
  await exclusively(ownerPool, async (client) => {
    // Of nodes that start at the same time, the first one to get the lock creates the key; the others find it.
    const { rowCount } = await client.query('select from signing_keys where retired_at is null limit 1')
    if (rowCount === 0) await insertKey(client, newKey)
  })
  return selectKeys(ownerPool)
}

/**
 * Creates a new current key, retires the old one, and returns the id (`kid`) of the new key. The old key signs nothing
 * more, loses its private half, and verifies tokens until the last token that it signed has expired. With
 * `compromised`, all older keys are deleted at once, which invalidates every access token in use. Running servers
 * notice within 30 seconds.
 */
export async function rotateSigningKeys(
  ownerPool: Pool,
  options: { readonly compromised?: boolean } = {},
): Promise<string> {
  const newKey = await makeKey()
  await exclusively(ownerPool, async (client) => {
    await client.query('delete from signing_keys where $1 or retired_at < now() - make_interval(secs => $2)', [
      options.compromised ?? false,
      RETIRED_KEY_SECONDS,
    ])
    await client.query(`update signing_keys set retired_at = now(), private_jwk = '{}' where retired_at is null`)
    await insertKey(client, newKey)
  })
  return newKey.kid
}

async function selectKeys(ownerPool: Pool): Promise<StoredSigningKey[]> {
  const { rows } = await ownerPool.query(
    `select case when retired_at is null then 'current' else 'retired' end as "state", kid,
            public_jwk as "publicJwk", private_jwk as "privateJwk", retired_at as "retiredAt"
     from signing_keys
     where algorithm = $1 and (retired_at is null or retired_at > now() - make_interval(secs => $2))
     order by created_at desc, kid`,
    [SIGNING_ALGORITHM, RETIRED_KEY_SECONDS],
  )
  return z.array(signingKeyRow).parse(rows)
}

interface NewKey {
  readonly kid: string
  readonly publicJwk: z.infer<typeof publicJwk>
  readonly privateJwk: z.infer<typeof privateJwk>
}

async function makeKey(): Promise<NewKey> {
  const pair = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true })
  const jwk = await exportJWK(pair.privateKey)
  return { kid: await calculateJwkThumbprint(jwk), publicJwk: publicJwk.parse(jwk), privateJwk: privateJwk.parse(jwk) }
}

async function insertKey(client: PoolClient, key: NewKey): Promise<void> {
  await client.query('insert into signing_keys (kid, algorithm, public_jwk, private_jwk) values ($1, $2, $3, $4)', [
    key.kid,
    SIGNING_ALGORITHM,
    key.publicJwk,
    key.privateJwk,
  ])
}

/** Runs `run` in a transaction of the owner that blocks other writers of the keys, but not readers. */
async function exclusively(ownerPool: Pool, run: (client: PoolClient) => Promise<void>): Promise<void> {
  await ownerTransaction(ownerPool, async (client) => {
    await client.query('lock table signing_keys in share row exclusive mode')
    await run(client)
  })
}
