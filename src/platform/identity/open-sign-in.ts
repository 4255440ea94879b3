import type { Pool } from 'pg'
import type { TrustedIssuers } from '../request/trusted-issuers.ts'
import { openTrustedIssuers } from './providers/issuer-patterns.ts'
import { openProviderKeys, type ProviderKeysOptions } from './providers/provider-keys.ts'
import type { SigningKeys } from './sessions/signing-keys.ts'
import { createSignIn, type SignIn } from './sign-in.ts'
import {
  DEFAULT_CLOCK_LEEWAY_SECONDS,
  DEFAULT_SESSION_IDLE_SECONDS,
  DEFAULT_SESSION_SECONDS,
} from './sign-in-defaults.ts'

/** Settings of the sign-in that the operator chooses. The defaults are in `sign-in-defaults.ts`. */
export interface SignInOptions {
  /**
   * Issuers of the identity providers that workspaces may use, in the form that `openTrustedIssuers` reads. When
   * absent, workspaces may use no identity provider.
   */
  readonly trustedIssuers?: readonly string[]
  readonly clockLeewaySeconds?: number
  readonly sessionSeconds?: number
  readonly sessionIdleSeconds?: number
  readonly providerKeys?: Omit<ProviderKeysOptions, 'onFailure'>
}

/**
 * Opens the sign-in of a server. `onProviderFailure` is called whenever a request to an identity provider fails.
 * @throws TrustedIssuerError when an entry of `options.trustedIssuers` is invalid.
 */
export function openSignIn(
  ownerPool: Pool,
  signingKeys: SigningKeys,
  options: SignInOptions,
  onProviderFailure: (issuer: string, error: unknown) => void,
): { readonly signIn: SignIn; readonly trustedIssuers: TrustedIssuers } {
  const trustedIssuers = openTrustedIssuers(options.trustedIssuers ?? [])
  const signIn = createSignIn({
    ownerPool,
    signingKeys,
    trusted: trustedIssuers,
    keys: openProviderKeys({ ...options.providerKeys, onFailure: onProviderFailure }),
    clockLeewaySeconds: options.clockLeewaySeconds ?? DEFAULT_CLOCK_LEEWAY_SECONDS,
    sessions: {
      absoluteSeconds: options.sessionSeconds ?? DEFAULT_SESSION_SECONDS,
      idleSeconds: options.sessionIdleSeconds ?? DEFAULT_SESSION_IDLE_SECONDS,
    },
  })
  return { signIn, trustedIssuers }
}
