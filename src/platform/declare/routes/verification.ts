import type { PluginContext } from '../plugin-context.ts'
import type { SentRequest } from './request.ts'

/**
 * How a route verifies the sender of a request. `secret` is always the name of one of the plugin's secrets
 * (`settings.secrets`); a request is refused while the workspace has not set the secret. Signatures and tokens are
 * compared in constant time. A request that is refused gets HTTP 401, and the reason is only in the server's log.
 */
export type Verification<Header extends string = string> =
  | HmacVerification
  | StripeVerification
  | StandardWebhooksVerification
  | TokenVerification
  | HeaderTokenVerification
  | OwnVerification<Header>
  | NoVerification

/** A header contains the HMAC-SHA256 of the raw body, with the UTF-8 bytes of the secret as the key. */
export interface HmacVerification {
  readonly scheme: 'hmac-sha256'
  /** Name of the header with the signature, in lower case, such as `x-hub-signature-256`. */
  readonly header: string
  /** Name of the secret that is the key. */
  readonly secret: string
  /** How the signature is written. Default: `hex`. */
  readonly encoding?: 'hex' | 'base64'
  /** Text before the signature in the header, such as `sha256=`. Default: none. */
  readonly prefix?: string
  /** With it, the signature is over `<timestamp>.<body>`, and old requests are refused. Default: the body alone. */
  readonly timestamp?: {
    /** Name of the header with the time of the request, in lower case: seconds since 1970. */
    readonly header: string
    /** Greatest difference to the server's clock, 1 to 3,600 seconds. Default: 300. */
    readonly toleranceSeconds?: number
  }
}

/** The header `Stripe-Signature`: `t=<seconds since 1970>,v1=<hex>`, over `<t>.<body>`. */
export interface StripeVerification {
  readonly scheme: 'stripe'
  /** Name of the secret with the endpoint's signing secret, `whsec_…`. */
  readonly secret: string
  /** Greatest difference to the server's clock, 1 to 3,600 seconds. Default: 300. */
  readonly toleranceSeconds?: number
}

/**
 * The Standard Webhooks specification: the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`
 * (`v1,<base64>`, several separated by spaces), over `<id>.<timestamp>.<body>`.
 */
export interface StandardWebhooksVerification {
  readonly scheme: 'standard-webhooks'
  /** Name of the secret with the signing key: base64, with or without `whsec_` before it. */
  readonly secret: string
  /** Greatest difference to the server's clock, 1 to 3,600 seconds. Default: 300. */
  readonly toleranceSeconds?: number
}

/** The header `Authorization` contains the secret. Not a signature: who sees one request can send others. */
export interface TokenVerification {
  /** `bearer`: `Bearer <secret>`. `basic`: the user and the password, which the secret contains as `user:password`. */
  readonly scheme: 'bearer' | 'basic'
  /** Name of the secret. */
  readonly secret: string
}

/** Another header contains the secret. Not a signature: who sees one request can send others. */
export interface HeaderTokenVerification {
  readonly scheme: 'header-token'
  /** Name of the header, in lower case. */
  readonly header: string
  /** Name of the secret. */
  readonly secret: string
}

/** The plugin's own code verifies the sender. */
export interface OwnVerification<Header extends string = string> {
  readonly scheme: 'own'
  /** How the sender is verified, for the operator. */
  readonly description: string
  /**
   * Returns whether the sender is verified, within 1 second. Only `true` accepts the request. It runs in a read-only
   * transaction as the plugin's own actor. When it throws, the response is HTTP 500. Compare secrets with
   * `timingSafeEqual` of `node:crypto`.
   */
  verify(request: SentRequest<Header>, context: PluginContext): boolean | Promise<boolean>
}

/** Nobody is verified: everyone who knows the address can run the route. */
export interface NoVerification {
  readonly scheme: 'none'
  /** Why the route needs no verification. `rapport plugin plan` shows it to the operator. */
  readonly reason: string
}
