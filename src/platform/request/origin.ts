/** Where a request came from; null for what is not known. */
export interface RequestOrigin {
  /** Network address of the client. */
  readonly ipAddress: string | null
  /** `User-Agent` header of the client, cut to 500 characters. */
  readonly userAgent: string | null
}
