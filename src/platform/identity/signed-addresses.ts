import { randomBytes } from 'node:crypto'
import { base64url, errors, jwtVerify, SignJWT } from 'jose'
import type { Pool } from 'pg'
import type { SignedAddresses } from '../request/signed-addresses.ts'

/** First segment of all signed addresses, so that a proxy can let only them through from the internet. */
export const SIGNED_PATH = '/signed/'

const ALGORITHM = 'HS256'
const KEY_BYTES = 32
/** How long a node uses the key that it has read: a key that is replaced is not accepted any more after this time. */
const FRESH_MS = 30_000
/** The three parts of a JWT in compact form; anything longer than an address may be is no token. */
const TOKEN = /^[\w-]{1,200}\.[\w-]{1,800}\.[\w-]{43}$/

/**
 * Opens the service that signs addresses. The token in an address is a JSON Web Token (RFC 7519) with HMAC-SHA256: its
 * audience is the route, its subject what the address shows. It is stored nowhere, so a field of the API can return an
 * address whenever it is read. The key is symmetric, because only this installation verifies its addresses.
 * @param ownerPool Pool of the tables' owner. It must stay open.
 * @param publicUrl Origin of the addresses, or null for relative ones.
 */
export function openSignedAddresses(ownerPool: Pool, publicUrl: string | null): SignedAddresses {
  let cached: { readonly key: Promise<Uint8Array>; readonly readAt: number } | null = null
  const keyOf = () => {
    // The monotonic clock: a system clock that is set back must not keep an old key in use.
    if (!cached || performance.now() - cached.readAt > FRESH_MS) {
      const key = readKey(ownerPool)
      cached = { key, readAt: performance.now() }
      // Another request reads the key again.
      key.catch(() => {
        cached = null
      })
    }
    return cached.key
  }
  return {
    async sign(route, { workspaceId, subject }, expiresAt) {
      const token = await new SignJWT({ workspace: workspaceId })
        .setProtectedHeader({ alg: ALGORITHM })
        .setAudience(route)
        .setSubject(subject)
        .setExpirationTime(expiresAt)
        .sign(await keyOf())
      return `${publicUrl ?? ''}${SIGNED_PATH}${route}/${token}`
    },
    async verify(route, token, now) {
      if (!TOKEN.test(token)) return null
      try {
        const { payload } = await jwtVerify(token, await keyOf(), {
          algorithms: [ALGORITHM],
          audience: route,
          requiredClaims: ['exp', 'sub', 'workspace'],
          currentDate: now,
        })
        const { sub, workspace } = payload
        return typeof sub === 'string' && typeof workspace === 'string'
          ? { workspaceId: workspace, subject: sub }
          : null
      } catch (error) {
        if (error instanceof errors.JOSEError) return null
        throw error
      }
    },
  }
}

/** Replaces the key: all addresses that were signed before are invalid, on running servers within 30 seconds. */
export async function replaceAddressKey(ownerPool: Pool): Promise<void> {
  await ownerPool.query(
    `insert into address_keys (id, secret) values (1, $1)
     on conflict (id) do update set secret = excluded.secret, created_at = now()`,
    [makeKey()],
  )
}

/** Reads the key; creates it when there is none. Of nodes that create it at the same time, one succeeds. */
async function readKey(ownerPool: Pool): Promise<Uint8Array> {
  const select = () => ownerPool.query<{ secret: string }>('select secret from address_keys where id = 1')
  const { rows } = await select()
  if (rows[0]) return base64url.decode(rows[0].secret)
  await ownerPool.query('insert into address_keys (id, secret) values (1, $1) on conflict do nothing', [makeKey()])
  const created = (await select()).rows[0]
  if (!created) throw new Error('The table address_keys lost its key while it was being read. Try again.')
  return base64url.decode(created.secret)
}

function makeKey(): string {
  return base64url.encode(randomBytes(KEY_BYTES))
}
