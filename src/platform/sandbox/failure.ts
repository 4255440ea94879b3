// Only that part: a plugin's import, which is inspected in a process of its own, would wait for the rest.

import { GraphQLError } from 'graphql/error/index.js'
import { isPassed } from '../declare/passed-error.ts'
import type { ErrorCode } from '../errors.ts'

/** Whose code runs: for messages, measures and strikes. */
export interface PluginPart {
  /** Id of the plugin. */
  readonly plugin: string
  /** Name of the rule, handler, job or field that runs. */
  readonly name: string
}

/**
 * A plugin's code threw or took too long. The client learns the plugin and the part, code PLUGIN_FAILED; `cause` and
 * `reason` are for the log.
 */
export class PluginFailedError extends GraphQLError {
  /** Id of the plugin. */
  readonly plugin: string
  /** Name of the rule, handler, job, operation or field. */
  readonly part: string
  readonly kind: 'THREW' | 'OVERRAN'
  /** What went wrong inside, for the operator. */
  readonly reason: string
  override readonly cause: unknown

  constructor(part: PluginPart, kind: PluginFailedError['kind'], reason: string, cause: unknown) {
    const code: ErrorCode = 'PLUGIN_FAILED'
    super(
      `The plugin ${part.plugin} failed in ${part.name}${kind === 'OVERRAN' ? ', which took too long' : ''}. Nothing was written. Tell an administrator of the workspace, who can look at the plugin and disable it.`,
      { extensions: { code, plugin: part.plugin, rule: part.name } },
    )
    this.plugin = part.plugin
    this.part = part.name
    this.kind = kind
    this.reason = reason
    this.cause = cause
  }
}

/** Whether an error passes through the code of plugins as it is: what the caller may not do is no fault of the plugin. */
export function passes(error: unknown): boolean {
  if (error instanceof PluginFailedError) return true
  if (error instanceof GraphQLError && error.extensions['code'] === 'FORBIDDEN') return true
  return isPassed(error)
}
