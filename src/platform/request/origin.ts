/** Where a request came from, as far as that is known. */
export interface RequestOrigin {
  /** Network address of the client. */
  readonly ipAddress: string | null
  /** What its program says of itself, 500 characters at most. */
  readonly userAgent: string | null
}
