import { createHmac, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import type { Pool } from 'pg'

/** The installation's current key pair, as read from the table. */
export interface InstallationKey {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export async function readInstallationKey(owner: Pool): Promise<InstallationKey> {
  const { rows } = await owner.query('select kid, private_jwk from signing_keys where retired_at is null')
  const privateKey = createPrivateKey({ key: rows[0].private_jwk, format: 'jwk' })
  return { kid: rows[0].kid, privateKey, publicKey: createPublicKey(privateKey) }
}

/** Parts of a token as an attacker or a faulty issuer would write them. `undefined` leaves a member out. */
export interface Forgery {
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims?: Readonly<Record<string, unknown>>
  /** Signs the signing input; with the installation's own current key unless given. */
  readonly signer?: (input: Buffer) => Buffer
}

export const WORKSPACE_ID = '01890a5d-ac96-774b-bcce-b302099a8057'
export const ACTOR_ID = '01890a5d-ac96-774b-bcce-b302099a8058'

/** Returns a token in compact form that is valid except for what the forgery changes. */
export function forge(key: InstallationKey, forgery: Forgery = {}): string {
  const now = Math.floor(Date.now() / 1000)
  const header = { alg: 'ES256', kid: key.kid, typ: 'at+jwt', ...forgery.header }
  const claims = {
    iss: 'urn:rapport',
    aud: 'rapport',
    sub: ACTOR_ID,
    wsp: WORKSPACE_ID,
    jti: 'a3f1c1de-5b0a-4f6c-9d5e-2f6d6a0c7b11',
    iat: now,
    exp: now + 900,
    ...forgery.claims,
  }
  const input = `${segment(header)}.${segment(claims)}`
  const signer = forgery.signer ?? ecdsa(key.privateKey)
  return `${input}.${signer(Buffer.from(input)).toString('base64url')}`
}

export function segment(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

export function ecdsa(key: KeyObject, dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363'): (input: Buffer) => Buffer {
  return (input) => sign('sha256', input, { key, dsaEncoding })
}

export function hmac(secret: string | Buffer): (input: Buffer) => Buffer {
  return (input) => createHmac('sha256', secret).update(input).digest()
}
