import type { Verification } from '../platform/declare/routes/verification.ts'
import { hmacSha256, standardKey } from '../platform/plugins/routes/signatures.ts'

/** Options of {@link signBody}. */
export interface SignOptions {
  /** Time that is signed, for verifications with a time. Default: the current time; pass `app.clock.now()`. */
  readonly now?: Date
  /** `webhook-id` of Standard Webhooks. Default: `msg_test`. */
  readonly id?: string
}

/**
 * Returns the headers with which a sender proves that it knows a secret: a signature of the body, or a token.
 * @param verification `verify` of the route.
 * @param secret Value of the secret.
 * @param body The body exactly as it is sent.
 * @throws Error for a verification without a secret: `own` and `none`.
 */
export function signBody(
  verification: Verification,
  secret: string,
  body: string,
  { now = new Date(), id = 'msg_test' }: SignOptions = {},
): Record<string, string> {
  const time = String(Math.floor(now.getTime() / 1_000))
  switch (verification.scheme) {
    case 'hmac-sha256': {
      const { header, encoding = 'hex', prefix = '', timestamp } = verification
      const signature = hmacSha256(secret, timestamp ? `${time}.${body}` : body).toString(encoding)
      return { [header]: `${prefix}${signature}`, ...(timestamp ? { [timestamp.header]: time } : {}) }
    }
    case 'stripe':
      return { 'stripe-signature': `t=${time},v1=${hmacSha256(secret, `${time}.${body}`).toString('hex')}` }
    case 'standard-webhooks': {
      const key = standardKey(secret)
      if (!key) throw new Error('The secret of Standard Webhooks is base64, with or without whsec_ before it.')
      const signature = hmacSha256(key, `${id}.${time}.${body}`).toString('base64')
      return { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': `v1,${signature}` }
    }
    case 'bearer':
      return { authorization: `Bearer ${secret}` }
    case 'basic':
      return { authorization: `Basic ${Buffer.from(secret).toString('base64')}` }
    case 'header-token':
      return { [verification.header]: secret }
    case 'own':
    case 'none':
      throw new Error(`A route with the verification ${verification.scheme} has no secret to sign with.`)
  }
}
