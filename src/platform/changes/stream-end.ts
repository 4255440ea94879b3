import type { GraphQLError } from 'graphql'
import { codedError, type ErrorCode } from '../errors.ts'

/**
 * Creates the error that ends a stream whose credential is not valid any more: it expired or was revoked, its actor was
 * suspended, or its workspace does not exist any more.
 */
export function credentialEnded(): GraphQLError {
  return codedError(
    'UNAUTHENTICATED',
    'The credential of this subscription is not valid any more, so it ends. Subscribe again with a new credential, and with `after` to get the changes that you missed.',
  )
}

/** Creates the error that ends a stream when the rights of its caller have changed since it began. */
export function rightsChanged(): GraphQLError {
  return codedError(
    'RIGHTS_CHANGED',
    'Your permissions have changed since this subscription began, so it ends. Subscribe again, with `after` to get the changes that you missed.',
  )
}

/**
 * Creates the error that ends a stream when the settings or disabled rules of a plugin have changed since it began:
 * filters and access rules may depend on them.
 */
export function settingsChanged(): GraphQLError {
  return codedError(
    'RIGHTS_CHANGED',
    'The settings of a plugin in the workspace have changed since this subscription began, so it ends. Subscribe again, with `after` to get the changes that you missed.',
  )
}

/** Creates the error that ends a stream when its workspace has stopped using a plugin that was in use when it began. */
export function pluginDisabled(plugin: string): GraphQLError {
  return codedError(
    'PLUGIN_DISABLED',
    `The workspace no longer uses the plugin ${plugin}, which it used when this subscription began, so the subscription ends. Subscribe again, without fields that the plugin added.`,
    { plugin },
  )
}

/** Why a stream ends: the code of its last error, or FAILED for another error, such as when the log can't be read. */
export type StreamEnd = Extract<ErrorCode, 'UNAUTHENTICATED' | 'RIGHTS_CHANGED' | 'PLUGIN_DISABLED'> | 'FAILED'

const ENDS: readonly StreamEnd[] = ['UNAUTHENTICATED', 'RIGHTS_CHANGED', 'PLUGIN_DISABLED']

/** The part of the GraphQL result of one event that shows whether the stream ends. */
export interface EventResult {
  readonly errors?: readonly GraphQLError[] | undefined
}

/**
 * Returns why the stream ends with this event; null when another event may follow. Only an error of the subscription's
 * root field (its path has one element) ends the stream, not an error of a field in the event.
 */
export function endOfStream({ errors }: EventResult): StreamEnd | null {
  const error = errors?.find(({ path }) => path?.length === 1)
  if (!error) return null
  return ENDS.find((code) => code === error.extensions['code']) ?? 'FAILED'
}
