import { sqlState } from '../../data/transaction.ts'
import { isStillReferredTo } from '../../data/violations.ts'
import { markPassThrough } from '../../declare/pass-through-error.ts'

/** Returns an error of a plugin's statement, marked when the platform handles it instead of the plugin. */
export function reportedError(error: unknown): unknown {
  return isHandledByPlatform(error) ? markPassThrough(error) : error
}

/**
 * Whether the platform handles the error, so that it does not count as a failure of the plugin: it retries after a
 * violation of a unique index or exclusion constraint, a serialization failure or a deadlock, reports UNAVAILABLE for a
 * lost connection, and a user error for a row that can't be deleted because another one refers to it.
 */
function isHandledByPlatform(error: unknown): boolean {
  if (isStillReferredTo(error)) return true
  const state = sqlState(error)
  return state === null || ['23505', '23P01', '40001', '40P01'].includes(state) || /^(?:08|53|57P)/.test(state)
}
