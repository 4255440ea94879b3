/** What a signed address is for. */
export interface SignedSubject {
  /** uuid */
  readonly workspaceId: string
  /** uuid of what the address shows, such as a version of a quote. */
  readonly subject: string
}

/** Makes and checks addresses that people without an account can open. */
export interface SignedAddresses {
  /**
   * Returns an address of a route: absolute when the operator has set PUBLIC_URL, else relative to the address of the API.
   * @param route Path of the route.
   */
  sign(route: string, subject: SignedSubject, expiresAt: Date): Promise<string>
  /** Returns what a token was signed for; null when it is malformed, altered, expired, or of another route. */
  verify(route: string, token: string, now: Date): Promise<SignedSubject | null>
}
