import type { ConstValueNode, ValueNode } from 'graphql'

/** Variables as the client sent them, before coercion, with the defaults of the operation. */
export type Variables = Readonly<Record<string, unknown>>

/** A number or boolean, or a function that computes it from the variables of a request. */
export type Term<Value = number> = Value | ((variables: Variables) => Value)

/** Returns the value of a term with these variables. */
export function evaluate<Value extends number | boolean>(term: Term<Value>, variables: Variables): Value {
  return typeof term === 'function' ? term(variables) : term
}

/** Returns the sum of terms; a number when all terms are numbers. */
export function sum(terms: readonly Term[]): Term {
  let constant = 0
  const functions: ((variables: Variables) => number)[] = []
  for (const term of terms) {
    if (typeof term === 'function') functions.push(term)
    else constant += term
  }
  if (functions.length === 0) return constant
  return (variables) => functions.reduce((total, term) => total + term(variables), constant)
}

/** Returns the product of two terms; a number when both are numbers or one is 0. */
export function product(one: Term, other: Term): Term {
  if (one === 0 || other === 0) return 0
  if (typeof one === 'number' && typeof other === 'number') return one * other
  return (variables) => evaluate(one, variables) * evaluate(other, variables)
}

/** Returns the term when the condition is true, and 0 otherwise. */
export function when(condition: Term<boolean>, term: Term): Term {
  if (typeof condition === 'boolean') return condition ? term : 0
  return (variables) => (condition(variables) ? evaluate(term, variables) : 0)
}

/**
 * Returns the number in a literal or variable. Returns null for any other value: when the arguments are coerced, such a
 * value is refused or replaced by the default.
 */
export function numberIn(node: ValueNode | undefined): Term<number | null> {
  if (node?.kind === 'IntValue') return Number(node.value)
  if (node?.kind !== 'Variable') return null
  const name = node.name.value
  return (variables) => {
    const value = variables[name]
    return typeof value === 'number' ? value : null
  }
}

/** Returns the length of the list at a path within a literal or variable; 1 when there is no list at the path. */
export function lengthAt(node: ValueNode | ConstValueNode | undefined, path: readonly string[]): Term {
  if (!node) return 1
  if (node.kind === 'Variable') {
    const name = node.name.value
    return (variables) => lengthIn(variables[name], path)
  }
  const [key, ...rest] = path
  if (key === undefined) return node.kind === 'ListValue' ? node.values.length : 1
  if (node.kind !== 'ObjectValue') return 1
  return lengthAt(node.fields.find((field) => field.name.value === key)?.value, rest)
}

function lengthIn(value: unknown, path: readonly string[]): number {
  let current = value
  for (const key of path)
    current = current !== null && typeof current === 'object' ? Reflect.get(current, key) : undefined
  return Array.isArray(current) ? current.length : 1
}
