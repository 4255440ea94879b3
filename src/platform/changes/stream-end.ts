import type { GraphQLError } from 'graphql'
import { codedError, type ErrorCode } from '../errors.ts'

/** The last event of a stream whose credential is not good any more: expired, revoked, suspended, or its workspace is gone. */
export function credentialEnded(): GraphQLError {
  return codedError(
    'UNAUTHENTICATED',
    'The credential of this subscription is not valid any more, so it ends. Subscribe again with a new one, and `after` for what you missed.',
  )
}

/** The last event of a stream whose caller has other rights than when it began. */
export function rightsChanged(): GraphQLError {
  return codedError(
    'RIGHTS_CHANGED',
    'What you may do has changed since this subscription began, so it ends. Subscribe again, with `after` for what you missed.',
  )
}

/** The last event of a stream whose schema has types that its workspace has no longer. */
export function pluginDisabled(plugin: string): GraphQLError {
  return codedError(
    'PLUGIN_DISABLED',
    `The workspace does not use the plugin ${plugin} any more, with which this subscription began, so it ends. Subscribe again, without what the plugin added.`,
    { plugin },
  )
}

/** Why a stream ends; FAILED where it could not be read on. */
export type StreamEnd = Extract<ErrorCode, 'UNAUTHENTICATED' | 'RIGHTS_CHANGED' | 'PLUGIN_DISABLED'> | 'FAILED'

const ENDS: readonly StreamEnd[] = ['UNAUTHENTICATED', 'RIGHTS_CHANGED', 'PLUGIN_DISABLED']

/** As much of an event's execution result as tells whether its stream ends. */
export interface EventResult {
  readonly errors?: readonly GraphQLError[] | undefined
}

/** Why the stream ends with this result, or null when another may follow. An error within an event is none of its stream's. */
export function endOfStream({ errors }: EventResult): StreamEnd | null {
  const error = errors?.find(({ path }) => path?.length === 1)
  if (!error) return null
  return ENDS.find((code) => code === error.extensions['code']) ?? 'FAILED'
}
