// Only that part: a plugin's import, which is inspected in a process of its own, would wait for the rest.
import { GraphQLError } from 'graphql/error/index.js'
import { badUserInput, type ErrorCode } from '../errors.ts'

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

  constructor(
    owner: { readonly plugin: string; readonly name: string },
    kind: PluginFailedError['kind'],
    reason: string,
    cause: unknown,
  ) {
    const code: ErrorCode = 'PLUGIN_FAILED'
    super(
      `The plugin ${owner.plugin} failed in ${owner.name}${kind === 'OVERRAN' ? ', which took too long' : ''}. Nothing was written. Tell an administrator of the workspace, who can look at the plugin and disable it.`,
      { extensions: { code, plugin: owner.plugin, rule: owner.name } },
    )
    this.plugin = owner.plugin
    this.part = owner.name
    this.kind = kind
    this.reason = reason
    this.cause = cause
  }
}

const passing = new WeakSet<object>()

/** Marks an error that is not the fault of the plugin in whose code it surfaces, such as FORBIDDEN: it passes as it is. */
export function passed(error: unknown): unknown {
  if (error !== null && typeof error === 'object') passing.add(error)
  return error
}

/** Whether an error passes through the code of plugins as it is: what the caller may not do is no fault of the plugin. */
export function passes(error: unknown): boolean {
  if (error instanceof PluginFailedError) return true
  if (error instanceof GraphQLError && error.extensions['code'] === 'FORBIDDEN') return true
  return error !== null && typeof error === 'object' && passing.has(error)
}

/** For a query of a plugin: an argument that the caller has to mend. Told as BAD_USER_INPUT, and no failure of the plugin. */
export function badArgument(message: string): GraphQLError {
  const error = badUserInput(message)
  passing.add(error)
  return error
}
