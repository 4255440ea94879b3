import type { ConstValueNode, ValueNode } from 'graphql'

/** Variables as the client sent them, with the operation's defaults. */
export type Variables = Readonly<Record<string, unknown>>

/** A number, or one that is known only with the variables of a request. */
export type Term<Value = number> = Value | ((variables: Variables) => Value)

export function evaluate<Value extends number | boolean>(term: Term<Value>, variables: Variables): Value {
  return typeof term === 'function' ? term(variables) : term
}

export function sum(terms: readonly Term[]): Term {
  let constant = 0
  const open: ((variables: Variables) => number)[] = []
  for (const term of terms) {
    if (typeof term === 'function') open.push(term)
    else constant += term
  }
  if (open.length === 0) return constant
  return (variables) => open.reduce((total, term) => total + term(variables), constant)
}

export function product(one: Term, other: Term): Term {
  if (one === 0 || other === 0) return 0
  if (typeof one === 'number' && typeof other === 'number') return one * other
  return (variables) => evaluate(one, variables) * evaluate(other, variables)
}

/** The term where the condition holds, and nothing where it doesn't. */
export function when(condition: Term<boolean>, term: Term): Term {
  if (typeof condition === 'boolean') return condition ? term : 0
  return (variables) => (condition(variables) ? evaluate(term, variables) : 0)
}

/** A number of a literal or variable; null for anything else, which is refused when the arguments are read. */
export function numberIn(node: ValueNode | undefined): Term<number | null> {
  if (node?.kind === 'IntValue') return Number(node.value)
  if (node?.kind !== 'Variable') return null
  const name = node.name.value
  return (variables) => {
    const value = variables[name]
    return typeof value === 'number' ? value : null
  }
}

/** Elements of the list that lies at the path in a literal or variable; 1 where there is none. */
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
  let found = value
  for (const key of path) found = found !== null && typeof found === 'object' ? Reflect.get(found, key) : undefined
  return Array.isArray(found) ? found.length : 1
}
