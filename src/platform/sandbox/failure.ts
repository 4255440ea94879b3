// Imports only this module of graphql: the separate process that inspects a plugin's package loads this file too, and
// starts faster without the rest of graphql.

import { GraphQLError } from 'graphql/error/index.js'
import { isMarkedPassThrough } from '../declare/pass-through-error.ts'
import type { ErrorCode } from '../errors.ts'

/** The part of a plugin whose code runs, for messages, timings and strikes. */
export interface PluginPart {
  /** Id of the plugin. */
  readonly plugin: string
  /** Name of the rule, act, handler, job, seed, operation, query or field. */
  readonly name: string
}

/**
 * A plugin's code threw or took too long. The client gets the code PLUGIN_FAILED with the plugin and the part; `cause`
 * and `reason` are for the log.
 */
export class PluginFailedError extends GraphQLError {
  /** Id of the plugin. */
  readonly plugin: string
  /** Name of the rule, act, handler, job, seed, operation, query or field. */
  readonly part: string
  /** Whether the code threw an error or took longer than its budget. */
  readonly kind: 'THREW' | 'OVERRAN'
  /** What failed, for the operator. */
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

/**
 * Whether an error that a plugin's code throws goes to the caller unchanged, because it is not the plugin's fault or is
 * already a PluginFailedError.
 */
export function isPassThrough(error: unknown): boolean {
  if (error instanceof PluginFailedError) return true
  if (error instanceof GraphQLError && error.extensions['code'] === 'FORBIDDEN') return true
  return isMarkedPassThrough(error)
}
