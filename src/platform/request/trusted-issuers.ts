/**
 * The identity providers that the operator allows for workspaces. The server fetches signing keys only from these
 * providers.
 */
export interface TrustedIssuers {
  /** Returns a sentence for the administrator that says why an issuer is not allowed; null when it is allowed. */
  problemWith(issuer: string): string | null
}
