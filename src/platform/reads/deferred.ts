import { type GraphQLError, locatedError } from 'graphql'

/**
 * A placeholder in an answer for a value that is computed after the other values of the answer. Its function returns
 * the value, or throws the error because of which there is no value.
 */
export interface Deferred {
  readonly [SETTLE]: () => unknown
}

const SETTLE = Symbol('settle')

/** Creates a placeholder. `settleWithin` replaces it by the value that `settle` returns. */
export function deferred(settle: () => unknown): Deferred {
  return { [SETTLE]: settle }
}

/** Creates a placeholder for a nullable value that does not exist because of an error: it is null, and the error is reported. */
export function deferredError(error: unknown): Deferred {
  return deferred(() => {
    throw error
  })
}

/** Handles the error of a deferred value. Returns what the answer contains instead of the value. */
export type OnFailure = (error: unknown, path: readonly (string | number)[]) => unknown

/**
 * Replaces every placeholder in an answer by its value, also in nested plain objects and lists. Changes `answer` itself
 * and returns it. When `answer` is a placeholder, returns its value.
 * @param path Path of the answer in the response. Used only for the path that `onFailure` gets.
 */
export function settleWithin(answer: unknown, path: readonly (string | number)[], onFailure: OnFailure): unknown {
  if (answer === null || typeof answer !== 'object') return answer
  if (isDeferred(answer)) {
    let value: unknown
    try {
      value = answer[SETTLE]()
    } catch (error) {
      return onFailure(error, path)
    }
    return settleWithin(value, path, onFailure)
  }
  if (Array.isArray(answer)) {
    for (const [index, element] of answer.entries())
      if (element !== null && typeof element === 'object')
        answer[index] = settleWithin(element, [...path, index], onFailure)
  } else if (isPlain(answer)) {
    for (const [key, value] of Object.entries(answer))
      if (value !== null && typeof value === 'object')
        Reflect.set(answer, key, settleWithin(value, [...path, key], onFailure))
  }
  return answer
}

function isDeferred(value: object): value is Deferred {
  return SETTLE in value
}

/** Whether an object is a plain object of the answer, and not an instance of a class such as Date. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Maximum number of errors of one answer: a list can have thousands of values that fail for the same reason. */
const MAX_ERRORS = 50

/** Returns an `onFailure` that adds each error, with its path, to `errors`, and replaces the failed value by null. */
export function failuresInto(errors: GraphQLError[]): OnFailure {
  return (error, path) => {
    if (errors.length < MAX_ERRORS) errors.push(locatedError(error, undefined, path))
    return null
  }
}

/**
 * An `onFailure` that replaces a failed value by an Error object. Use it when GraphQL's executor processes the answer
 * afterwards: for an Error it returns null and adds the error, with its path, to the response.
 */
export const failuresInPlace: OnFailure = (error) => (error instanceof Error ? error : new Error(String(error)))
