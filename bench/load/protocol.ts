/** A load: requests that are sent to a server for a time. */
export interface Load {
  readonly url: string
  readonly authorization: string
  readonly connections: number
  readonly seconds: number
  /** Bodies that are sent in turn. `{uuid}` in a body is replaced by a new UUIDv7 in each request. */
  readonly bodies: readonly string[]
}

/** The result of a load. Latencies are in milliseconds. */
export interface LoadResult {
  readonly requests: number
  readonly seconds: number
  readonly p50: number
  readonly p99: number
  /** Number of responses that are not a success. */
  readonly errors: number
  /** The first of these responses, at most 2,000 characters, or null. */
  readonly firstError: string | null
}
