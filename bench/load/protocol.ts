/** Load to put on a server. */
export interface Load {
  readonly url: string
  readonly authorization: string
  readonly connections: number
  readonly seconds: number
  /** Bodies that are sent in turn; `{uuid}` in one becomes a fresh UUIDv7. */
  readonly bodies: readonly string[]
}

/** What the load met. Latencies in milliseconds. */
export interface LoadResult {
  readonly requests: number
  readonly seconds: number
  readonly p50: number
  readonly p99: number
  /** Answers that are no success, and the first of them. */
  readonly errors: number
  readonly firstError: string | null
}
