import { GraphQLError, locatedError } from 'graphql'
import type { ErrorCode } from '../../errors.ts'
import { isPassThrough, PluginFailedError } from '../../sandbox/failure.ts'
import type { FieldGroup } from '../collect.ts'
import { type OnFailure, settleWithin } from '../deferred.ts'
import type { Reading, Resolution } from '../reading.ts'

/*
 * What resolved fields and fields of a plugin's `schema` share: their code runs after the statement of the reading, for
 * all records together, and replaces placeholders in the answer.
 */

/**
 * Returns a function that returns the resolution of a reading for a key, such as a declaration, and creates it at the
 * first call.
 */
export function resolutionsOf<Kind extends Resolution>(): (reading: Reading, key: object, create: () => Kind) => Kind {
  const known = new WeakMap<Resolution, Kind>()
  return ({ resolutions }, key, create) => {
    const existing = resolutions.get(key)
    const found = existing && known.get(existing)
    if (found) return found
    const created = create()
    resolutions.set(key, created)
    known.set(created, created)
    return created
  }
}

/**
 * Runs the code of every field of a reading that code computes, once for all records. Then replaces the placeholders in the
 * answer by the computed values: it changes `answer` itself, and returns it.
 * @param answer An answer, or a list of answers, of this reading.
 * @param path Path of the answer in the response. Used only for the path that `onFailure` gets.
 */
export async function settleResolved(
  reading: Reading,
  answer: unknown,
  path: readonly (string | number)[],
  onFailure: OnFailure,
): Promise<unknown> {
  if (reading.resolutions.size === 0) return answer
  await computeResolved(reading)
  return settleWithin(answer, path, onFailure)
}

/**
 * Runs the code of every field of a reading that code computes. Call `settleWithin` afterwards: it replaces the placeholders in
 * the answer by the computed values.
 */
export async function computeResolved(reading: Reading): Promise<void> {
  // A value can contain records, whose fields may have to be computed too.
  for (let pending = pendingOf(reading); pending.length > 0; pending = pendingOf(reading))
    // In a shared transaction one after the other, because their savepoints must not interleave.
    if (reading.transaction) for (const resolution of pending) await resolution.run()
    else await Promise.all(pending.map((resolution) => resolution.run()))
  await Promise.all([...reading.resolutions.values()].map((resolution) => resolution.end?.()))
}

function pendingOf({ resolutions }: Reading): Resolution[] {
  return [...resolutions.values()].filter(({ isPending }) => isPending)
}

/**
 * Reports an overrun of a budget, because it delays other requests. Any other failure is only an error of the field in
 * the response.
 */
export async function reportOverrun(report: Reading['report'], error: unknown): Promise<void> {
  if (error instanceof PluginFailedError && error.kind === 'OVERRAN') await report?.(error)
}

/**
 * Returns the error of a field of a plugin's `schema` whose code threw: as for a query, an error for the caller goes to
 * the client unchanged, such as BAD_USER_INPUT or FORBIDDEN. Any other is PLUGIN_FAILED.
 */
export function schemaFieldError(
  place: { readonly plugin: string; readonly field: string },
  error: unknown,
  nodes: FieldGroup,
): unknown {
  if (error instanceof PluginFailedError || !isPassThrough(error)) return pluginFailed(place, error, nodes)
  return error instanceof GraphQLError ? locatedError(error, nodes) : error
}

/** Creates the error PLUGIN_FAILED at the selected field. */
export function pluginFailed(
  { plugin, field }: { readonly plugin: string; readonly field: string },
  cause: unknown,
  nodes: FieldGroup,
): GraphQLError {
  const code: ErrorCode = 'PLUGIN_FAILED'
  return new GraphQLError(
    `The plugin ${plugin} failed in ${field}: the field is left empty. Tell an administrator of the workspace, who can look at the plugin and disable it.`,
    {
      nodes,
      extensions: { code, plugin, field },
      originalError: cause instanceof Error ? cause : new Error(String(cause)),
    },
  )
}
