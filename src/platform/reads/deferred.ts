import { type GraphQLError, locatedError } from 'graphql'

/** A value of an answer that is known only when all of the answer's values are: `settle` tells it, and throws what failed. */
export interface Deferred {
  readonly [SETTLE]: () => unknown
}

const SETTLE = Symbol('settle')

export function deferred(settle: () => unknown): Deferred {
  return { [SETTLE]: settle }
}

/** What is told in the place of a value that failed. */
export type OnFailure = (error: unknown, path: readonly (string | number)[]) => unknown

/** Puts every deferred value of an answer in its place, within the answer's own objects and lists. Answers the whole. */
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

/** An object of the answer itself, not a Date or the like of it. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

// A list can hold thousands: the first ones say what is wrong.
const MAX_ERRORS = 50

/** Failures as located errors of the answer, with null in their place. */
export function failuresInto(errors: GraphQLError[]): OnFailure {
  return (error, path) => {
    if (errors.length < MAX_ERRORS) errors.push(locatedError(error, undefined, path))
    return null
  }
}

/** Failures as errors in the place of their values, which GraphQL's own executor then tells. */
export const failuresInPlace: OnFailure = (error) => (error instanceof Error ? error : new Error(String(error)))
