import type { FilterOperatorName } from '../../src/platform/reads/filter/operators.ts'
import type { Organisation, Person, Place } from './organisations.ts'

/** A filter as a client sends it. */
export type Filter = Readonly<Record<string, unknown>>

/**
 * Whether an account matches a filter: what the API documents, implemented a second time in JavaScript, so that the SQL
 * can be compared with it (an oracle). A comparison
 * with a missing value is false; only `not`, `NOT` and `notIn` turn that into true.
 */
export function meets(account: Organisation, filter: Filter, all: readonly Organisation[]): boolean {
  return Object.entries(filter).every(([name, condition]) => {
    if (name === 'AND') return filters(condition).every((part) => meets(account, part, all))
    if (name === 'OR') return filters(condition).some((part) => meets(account, part, all))
    if (name === 'NOT') return !filters(condition).some((part) => meets(account, part, all))
    if (name === 'parent')
      return toOne(all.find(({ id }) => id === account.parentId) ?? null, condition, (parent, part) =>
        meets(parent, part, all),
      )
    if (name === 'subsidiaries')
      return toMany(
        all.filter(({ parentId }) => parentId === account.id),
        condition,
        (below, part) => meets(below, part, all),
      )
    if (name === 'contacts') return toMany(account.people, condition, partMeets)
    if (name === 'addresses') return toMany(account.addresses, condition, partMeets)
    if (name === 'annualRevenue') return money(account, asFilter(condition))
    return holds(Reflect.get(account, name), asFilter(condition))
  })
}

function partMeets(part: Person | Place, filter: Filter): boolean {
  return Object.entries(filter).every(([name, condition]) => {
    if (name === 'AND') return filters(condition).every((other) => partMeets(part, other))
    if (name === 'OR') return filters(condition).some((other) => partMeets(part, other))
    if (name === 'NOT') return !filters(condition).some((other) => partMeets(part, other))
    return holds(Reflect.get(part, name), asFilter(condition))
  })
}

function toOne<Related>(
  related: Related | null,
  condition: unknown,
  test: (related: Related, filter: Filter) => boolean,
): boolean {
  return Object.entries(asFilter(condition)).every(([operator, operand]) => {
    if (operator === 'isNull') return (related === null) === operand
    const isMet = operand === null ? related === null : related !== null && test(related, asFilter(operand))
    return operator === 'is' ? isMet : !isMet
  })
}

function toMany<Related>(
  related: readonly Related[],
  condition: unknown,
  test: (related: Related, filter: Filter) => boolean,
): boolean {
  return Object.entries(asFilter(condition)).every(([operator, operand]) => {
    const filter = asFilter(operand)
    if (operator === 'some') return related.some((each) => test(each, filter))
    if (operator === 'every') return related.every((each) => test(each, filter))
    return !related.some((each) => test(each, filter))
  })
}

function money({ annualRevenue }: Organisation, condition: Filter): boolean {
  return Object.entries(condition).every(([part, operators]) =>
    part === 'currency'
      ? holds(annualRevenue?.currency ?? null, asFilter(operators))
      : holds(annualRevenue ? Number(annualRevenue.amount) : null, numeric(asFilter(operators))),
  )
}

/** Decimals are sent as text and compared as numbers. */
function numeric(condition: Filter): Filter {
  const number = (operand: unknown): unknown =>
    Array.isArray(operand) ? operand.map(number) : typeof operand === 'string' ? Number(operand) : operand
  return Object.fromEntries(
    Object.entries(condition).map(([operator, operand]) => [
      operator,
      operator === 'not' ? numeric(asFilter(operand)) : number(operand),
    ]),
  )
}

/** What each operator means, except `not`, whose operand `holds` evaluates. A missing value is null. Texts and operands are in lower case when the mode is INSENSITIVE. */
const MEANINGS: Readonly<Record<Exclude<FilterOperatorName, 'not'>, (value: unknown, operand: unknown) => boolean>> = {
  equals: (value, operand) => value === operand,
  in: (value, operand) => value !== null && list(operand).includes(value),
  notIn: (value, operand) => value === null || !list(operand).includes(value),
  lt: (value, operand) => value !== null && isLess(value, operand),
  lte: (value, operand) => value !== null && !isLess(operand, value),
  gt: (value, operand) => value !== null && isLess(operand, value),
  gte: (value, operand) => value !== null && !isLess(value, operand),
  contains: (value, operand) => value !== null && String(value).includes(String(operand)),
  startsWith: (value, operand) => value !== null && String(value).startsWith(String(operand)),
  endsWith: (value, operand) => value !== null && String(value).endsWith(String(operand)),
  has: (value, operand) => list(value).includes(operand),
  isNull: (value, operand) => (value === null) === operand,
}

function holds(value: unknown, condition: Filter): boolean {
  const isInsensitive = condition['mode'] === 'INSENSITIVE'
  const fold = (each: unknown): unknown => {
    if (Array.isArray(each)) return each.map(fold)
    return isInsensitive && typeof each === 'string' ? each.toLowerCase() : (each ?? null)
  }
  return Object.entries(condition).every(([operator, operand]) => {
    if (operator === 'mode') return true
    if (operator === 'not') return !holds(value, asFilter(operand))
    if (!isMeant(operator)) throw new Error(`The oracle does not know the operator ${operator}.`)
    return MEANINGS[operator](fold(value), fold(operand))
  })
}

function isMeant(operator: string): operator is keyof typeof MEANINGS {
  return operator in MEANINGS
}

function isLess(one: unknown, other: unknown): boolean {
  return typeof one === 'number' && typeof other === 'number' ? one < other : String(one) < String(other)
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function asFilter(value: unknown): Filter {
  return value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value)) : {}
}

/** A list input accepts one value as a list of one. */
function filters(value: unknown): Filter[] {
  return (Array.isArray(value) ? value : [value]).map(asFilter)
}
