import type { Outcome, PrismaCall } from './compare.ts'

/** Counts calls of Prisma by what they use, and how many of them found something. */
export interface Tally {
  add(call: PrismaCall, outcome: Outcome): void
  /** Number of calls that use the function or argument, such as `findMany` or `contains`, and found something. */
  found(use: string): number
  /** Number of calls that use it, whether they found something or not. */
  asked(use: string): number
}

/** Every call counts under this name too. */
export const ANY = 'any call'

export function createTally(): Tally {
  const counts = new Map<string, { asked: number; found: number }>()
  return {
    add(call, outcome) {
      const isFound = 'result' in outcome && hasAnything(outcome.result)
      const uses = new Set([ANY, call.name, `on ${call.model}`, ...usesOf(call.args)])
      for (const use of uses) {
        const count = counts.get(use) ?? { asked: 0, found: 0 }
        counts.set(use, { asked: count.asked + 1, found: count.found + (isFound ? 1 : 0) })
      }
    },
    found: (use) => counts.get(use)?.found ?? 0,
    asked: (use) => counts.get(use)?.asked ?? 0,
  }
}

/** Names of arguments and operators; others in a call's arguments are names of columns and relations. */
const ARGUMENTS: ReadonlySet<string> = new Set([
  ...['where', 'orderBy', 'take', 'skip', 'cursor', 'distinct', 'select', 'include', 'by', 'having'],
  ...['AND', 'OR', 'NOT', 'is', 'isNot', 'some', 'none', 'every', 'equals', 'not', 'in', 'notIn'],
  ...['lt', 'lte', 'gt', 'gte', 'contains', 'startsWith', 'endsWith', 'mode', 'has', 'hasEvery', 'hasSome', 'isEmpty'],
  ...['_count', '_min', '_max', '_sum', '_avg', 'nulls'],
])

/** Returns which arguments and operators are used; `a>b` for b within a. */
function usesOf(args: unknown, path: readonly string[] = []): string[] {
  if (args === null) return ['null']
  if (args instanceof Date || typeof args !== 'object') return []
  if (Array.isArray(args)) return args.flatMap((element) => usesOf(element, path))
  if (Reflect.get(Object(args), 'modelName') !== undefined) return ['a-column-as-a-value']
  return Object.entries(Object(args)).flatMap(([name, value]) => {
    if (!ARGUMENTS.has(name)) return usesOf(value, path)
    const outer = path.at(-1)
    return [name, ...(outer === undefined ? [] : [`${outer}>${name}`]), ...usesOf(value, [...path, name])]
  })
}

/** Whether a result has a row, or a value that is neither null nor zero. */
function hasAnything(result: unknown): boolean {
  if (Array.isArray(result)) return result.length > 0
  if (result !== null && typeof result === 'object' && !(result instanceof Date))
    return Object.values(result).some(hasAnything)
  return result !== null && result !== undefined && result !== 0
}
