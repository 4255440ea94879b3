/** Which identity providers the installation's operator lets workspaces use. The server asks no other for keys. */
export interface TrustedIssuers {
  /** Why an issuer may not be used, in a sentence for the workspace's administrator; null when it may. */
  problemWith(issuer: string): string | null
}
