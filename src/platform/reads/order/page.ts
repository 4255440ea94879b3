import { badUserInput } from '../../errors.ts'

export const DEFAULT_PAGE_SIZE = 25
export const MAX_PAGE_SIZE = 200

/** The page of a list that a client requests. */
export interface Page {
  readonly size: number
  /** Whether the page is counted from the end of the list (argument `last`). */
  readonly isBackward: boolean
  readonly after: string | null
  readonly before: string | null
}

/**
 * Returns the page that the arguments `first`, `last`, `after` and `before` of a connection select.
 * @throws GraphQLError BAD_USER_INPUT when a size is out of range, or both `first` and `last` are set.
 */
export function pageOf(args: Readonly<Record<string, unknown>>): Page {
  const first = sizeOf('first', args['first'])
  const last = sizeOf('last', args['last'])
  if (first !== null && last !== null) throw badUserInput('Pass first or last, not both.')
  return {
    size: first ?? last ?? DEFAULT_PAGE_SIZE,
    isBackward: last !== null,
    after: cursorOf(args['after']),
    before: cursorOf(args['before']),
  }
}

function sizeOf(name: string, value: unknown): number | null {
  if (value === null || value === undefined) return null
  if (typeof value !== 'number' || value < 0)
    throw badUserInput(`Argument \`${name}\` is a number from 0 to ${MAX_PAGE_SIZE}, not ${String(value)}.`)
  if (value > MAX_PAGE_SIZE)
    throw badUserInput(
      `Argument \`${name}\` is ${MAX_PAGE_SIZE} at most, not ${value}. Read further pages by \`after\`.`,
    )
  return value
}

function cursorOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
