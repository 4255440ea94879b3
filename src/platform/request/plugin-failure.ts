/** A failure of a plugin, for the operator. */
export interface PluginFailure {
  readonly plugin: string
  /** Name of the rule, handler, job, operation or field. */
  readonly part: string
  readonly kind: 'THREW' | 'OVERRAN'
  readonly reason: string
  readonly cause: unknown
  readonly workspaceId: string
  /** Null for what no request asked for. */
  readonly requestId: string | null
  readonly strikes: number
  readonly isQuarantined: boolean
}
