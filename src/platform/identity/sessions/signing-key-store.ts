import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import type { Pool, PoolClient } from 'pg'
import { z } from 'zod'
import { ownerTransaction } from '../../data/owner-transaction.ts'

/**
 * Every JWT library, gateway and identity product that takes an elliptic curve takes ES256: it is "Recommended+" in
 * RFC 7518, while EdDSA came later, is optional, and is missing from many (.NET's own library among them). Beside RSA
 * its signatures are a quarter as long, and P-256 is verified faster than Ed25519 by OpenSSL.
 */
export const SIGNING_ALGORITHM = 'ES256'

/** The longest life of an access token, and so the time that a retired key has to be remembered. */
export const MAX_TOKEN_SECONDS = 24 * 60 * 60

/** How long a node may work with the keys it has read. Until then it may sign with a key that another node retired. */
export const KEYS_FRESH_SECONDS = 30

/** Seconds after its retirement in which a key still verifies: until the last token that it signed has expired. */
const RETIRED_KEY_SECONDS = MAX_TOKEN_SECONDS + 2 * KEYS_FRESH_SECONDS

// Picking the members by name is what keeps the private `d` out of anything published.
const publicJwk = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() })
const privateJwk = publicJwk.extend({ d: z.string() })

const signingKeyRow = z.discriminatedUnion('state', [
  z.object({ state: z.literal('current'), kid: z.string(), publicJwk, privateJwk, retiredAt: z.null() }),
  z.object({ state: z.literal('retired'), kid: z.string(), publicJwk, retiredAt: z.date() }),
])

/** A key pair as the database holds it; a retired one has no private half any more. */
export type StoredSigningKey = z.infer<typeof signingKeyRow>

/** The current key and the retired ones that still verify, newest first. Makes the first key where there is none. */
export async function readSigningKeys(ownerPool: Pool): Promise<StoredSigningKey[]> {
  const keys = await selectKeys(ownerPool)
  if (keys.some((key) => key.state === 'current')) return keys
  const made = await makeKey()
  await exclusively(ownerPool, async (client) => {
    // Of nodes that start at once, the first to hold the lock makes the key; the others find it.
    const { rowCount } = await client.query('select from signing_keys where retired_at is null limit 1')
    if (rowCount === 0) await insertKey(client, made)
  })
  return selectKeys(ownerPool)
}

/**
 * Makes a new current key and retires the old one: it signs nothing more, loses its private half, and goes on
 * verifying until the last token that it signed has expired. With `compromised`, every older key goes at once, and with
 * it every token in use. Running servers notice within 30 seconds. Answers the new key's id.
 */
export async function rotateSigningKeys(
  ownerPool: Pool,
  options: { readonly compromised?: boolean } = {},
): Promise<string> {
  const made = await makeKey()
  await exclusively(ownerPool, async (client) => {
    await client.query('delete from signing_keys where $1 or retired_at < now() - make_interval(secs => $2)', [
      options.compromised ?? false,
      RETIRED_KEY_SECONDS,
    ])
    await client.query(`update signing_keys set retired_at = now(), private_jwk = '{}' where retired_at is null`)
    await insertKey(client, made)
  })
  return made.kid
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

/** One transaction that no other writer of the keys overlaps; readers are not held up. */
async function exclusively(ownerPool: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> {
  await ownerTransaction(ownerPool, async (client) => {
    await client.query('lock table signing_keys in share row exclusive mode')
    await work(client)
  })
}
