import { type GraphQLError, locatedError } from 'graphql'

/**
 * A placeholder in an answer for a value that is computed after the answer is shaped. Its `settle` function returns the
 * value, or throws the error that prevented it.
 */
export interface Deferred {
  readonly [SETTLE]: () => unknown
}

const SETTLE = Symbol('settle')

/** Creates a placeholder whose value `settle` returns later. */
export function deferred(settle: () => unknown): Deferred {
  return { [SETTLE]: settle }
}

/** Handles the error of a deferred value and returns the value that takes its place in the answer. */
export type OnFailure = (error: unknown, path: readonly (string | number)[]) => unknown

/**
 * Replaces every deferred value in an answer by its value, in place, in plain objects and lists at any depth. Returns
 * the answer.
 * @param path Path of the answer in the response, for `onFailure`.
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

/** Errors that one answer reports at most: a list can have thousands of values that fail for the same reason. */
const MAX_ERRORS = 50

/** Returns a handler that adds failures to `errors`, with their paths, and puts null in the place of the values. */
export function failuresInto(errors: GraphQLError[]): OnFailure {
  return (error, path) => {
    if (errors.length < MAX_ERRORS) errors.push(locatedError(error, undefined, path))
    return null
  }
}

/** Puts errors in the place of the values that failed. GraphQL's own executor then reports them. */
export const failuresInPlace: OnFailure = (error) => (error instanceof Error ? error : new Error(String(error)))
