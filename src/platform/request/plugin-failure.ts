/** A failure of a plugin, as it is logged for the operator. */
export interface PluginFailure {
  /** Id of the plugin. */
  readonly plugin: string
  /** Name of the rule, handler, job, operation or field. */
  readonly part: string
  /** Whether the code threw an error or took longer than its budget. */
  readonly kind: 'THREW' | 'OVERRAN'
  readonly reason: string
  readonly cause: unknown
  /** uuid */
  readonly workspaceId: string
  /** Null for background work. */
  readonly requestId: string | null
  /** Strikes of the plugin in the workspace including this failure; 0 when the failure is not a strike. */
  readonly strikes: number
  /** Whether the plugin is in quarantine in the workspace now. */
  readonly isQuarantined: boolean
}
