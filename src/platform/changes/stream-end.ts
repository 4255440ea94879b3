import type { GraphQLError } from 'graphql'
import { codedError, type ErrorCode } from '../errors.ts'

/**
 * Creates the error that ends a stream whose credential is not valid any more: it expired or was revoked, its actor was
 * suspended, or its workspace does not exist any more.
 */
export function credentialEnded(): GraphQLError {
  return codedError(
    'UNAUTHENTICATED',
    'The credential of this subscription is not valid any more, so it ends. Subscribe again with a new one, and `after` for what you missed.',
  )
}

/** Creates the error that ends a stream whose caller has other rights than when it began. */
export function rightsChanged(): GraphQLError {
  return codedError(
    'RIGHTS_CHANGED',
    'Your permissions have changed since this subscription began, so it ends. Subscribe again, with `after` for what you missed.',
  )
}

/** Creates the error that ends a stream that uses a plugin which its workspace does not use any more. */
export function pluginDisabled(plugin: string): GraphQLError {
  return codedError(
    'PLUGIN_DISABLED',
    `The workspace does not use the plugin ${plugin} any more, with which this subscription began, so it ends. Subscribe again, without what the plugin added.`,
    { plugin },
  )
}

/** Why a stream ends: the code of its last error; FAILED when the log could not be read. */
export type StreamEnd = Extract<ErrorCode, 'UNAUTHENTICATED' | 'RIGHTS_CHANGED' | 'PLUGIN_DISABLED'> | 'FAILED'

const ENDS: readonly StreamEnd[] = ['UNAUTHENTICATED', 'RIGHTS_CHANGED', 'PLUGIN_DISABLED']

/** The part of an event's execution result that shows whether the stream ends. */
export interface EventResult {
  readonly errors?: readonly GraphQLError[] | undefined
}

/**
 * Returns why the stream ends with this event; null when another event may follow. Only an error of the whole event
 * (with a path of one element) ends the stream, not one of a field in it.
 */
export function endOfStream({ errors }: EventResult): StreamEnd | null {
  const error = errors?.find(({ path }) => path?.length === 1)
  if (!error) return null
  return ENDS.find((code) => code === error.extensions['code']) ?? 'FAILED'
}
