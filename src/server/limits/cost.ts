import {
  type ArgumentNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isUnionType,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql'
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../../platform/reads/order/page.ts'
import { type SelectedField, selectedFields } from './selected.ts'
import { lengthAt, numberIn, product, sum, type Term, type Variables, when } from './terms.ts'
import type { Fragments } from './totals.ts'

// The assumed number of elements of a plain list (a list without pages, such as the e-mail addresses of a contact).
const PLAIN_LIST_SIZE = 10

/** The cost of an operation, compiled so that it can be evaluated with the variables of each request. */
export interface CompiledCost {
  /** Returns the points that the operation costs with these variables. */
  readonly points: (variables: Variables) => number
  /** Number of root fields that the operation selects, including those that `@skip` or `@include` may exclude. */
  readonly rootFields: number
}

/**
 * Compiles the cost of an operation of a valid document. This takes time proportional to the number of selections;
 * evaluating the result for a request takes much less.
 */
export function compileCost(
  schema: GraphQLSchema,
  fragments: Fragments,
  operation: OperationDefinitionNode,
): CompiledCost {
  const root = schema.getRootType(operation.operation)
  if (!root) return { points: () => 0, rootFields: 0 }
  const sets = [operation.selectionSet]
  const { self, lists, elements } = costOfSets(schema, fragments, root, sets)
  const total = sum([self, lists, product(PLAIN_LIST_SIZE, elements)])
  return {
    points: typeof total === 'number' ? () => total : withDefaults(operation, total),
    rootFields: selectedFields(schema, fragments, root, sets).length,
  }
}

/** Returns a term like `term`. Variables that a request does not set have the default values of the operation in it. */
function withDefaults(
  { variableDefinitions = [] }: OperationDefinitionNode,
  term: (variables: Variables) => number,
): (variables: Variables) => number {
  const defaults = variableDefinitions.flatMap(({ variable, defaultValue }) =>
    defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)] as const] : [],
  )
  if (defaults.length === 0) return term
  const defaultValues = Object.fromEntries(defaults)
  return (variables) => term({ ...defaultValues, ...variables })
}

/**
 * Points of the selections below a field. Plain lists (lists without arguments for pages, such as `nodes` of a
 * connection) are counted separately, because an argument of the field above may determine their length, as `first` of
 * the connection does.
 */
interface SetCost {
  /** Points of everything except plain lists: values, records, and lists whose length their own arguments determine. */
  readonly self: Term
  /** Points of the plain lists, without the points of their elements. */
  readonly lists: Term
  /** Points of one element of each plain list. */
  readonly elements: Term
}

/** Returns the cost of selection sets on a type. */
function costOfSets(
  schema: GraphQLSchema,
  fragments: Fragments,
  type: GraphQLCompositeType,
  sets: readonly SelectionSetNode[],
): SetCost {
  const self: Term[] = []
  const lists: Term[] = []
  const elements: Term[] = []
  for (const selected of selectedFields(schema, fragments, type, sets)) {
    const field = isUnionType(selected.type) ? undefined : selected.type.getFields()[selected.nodes[0].name.value]
    if (!field) continue
    const weight = weightOf(field, selected)
    const size = sizeOf(field, selected)
    const named = getNamedType(field.type)
    const inner = isCompositeType(named)
      ? costOfSets(
          schema,
          fragments,
          named,
          selected.nodes.flatMap((node) => node.selectionSet ?? []),
        )
      : { self: 0, lists: 0, elements: 0 }
    const isList = isListType(getNullableType(field.type))
    const withPlainLists = sum([inner.self, inner.lists, product(PLAIN_LIST_SIZE, inner.elements)])
    const add = (terms: Term[], term: Term) => terms.push(when(selected.condition, term))
    if (size === null && isList) {
      add(lists, weight)
      add(elements, withPlainLists)
    } else if (size === null) add(self, sum([weight, withPlainLists]))
    else if (isList) add(self, product(size, sum([weight, withPlainLists])))
    else {
      // The field returns one object: a connection, or the payload of several writes. Its plain lists have `size`
      // elements. The weight of the field itself is counted `size` times only when it declares `perElementOf`, the path
      // of a list in its arguments such as `input.records`.
      const ownCost = field.extensions.cost?.perElementOf === undefined ? weight : product(size, weight)
      add(self, sum([ownCost, inner.self, product(size, sum([inner.lists, inner.elements]))]))
    }
  }
  return { self: sum(self), lists: sum(lists), elements: sum(elements) }
}

type AnyField = GraphQLField<unknown, unknown>

/** Returns the points of a field itself: its weight, and the points of its arguments that are not null. */
function weightOf(field: AnyField, { nodes: [node] }: SelectedField): Term {
  const weight = field.extensions.cost?.weight ?? (isCompositeType(getNamedType(field.type)) ? 1 : 0)
  const argumentCosts = field.args.flatMap((declared): readonly Term[] => {
    const argument = argumentOf(node.arguments, declared.name)
    const points = declared.extensions.cost
    if (!argument || points === undefined || argument.value.kind === 'NullValue') return []
    if (argument.value.kind !== 'Variable') return [points]
    const name = argument.value.name.value
    return [(variables: Variables) => ((variables[name] ?? null) === null ? 0 : points)]
  })
  return sum([weight, ...argumentCosts])
}

/**
 * Returns the number of elements that the field declares or that one of its arguments determines: the length of the list
 * at `perElementOf`, or the page size. Returns null when nothing determines the number.
 */
function sizeOf(field: AnyField, { nodes: [node] }: SelectedField): Term | null {
  const listPath = field.extensions.cost?.perElementOf
  if (listPath !== undefined) {
    const [name = '', ...path] = listPath.split('.')
    return lengthAt(argumentOf(node.arguments, name)?.value, path)
  }
  const { size } = field.extensions.cost ?? {}
  if (size) {
    const number = size.argument === null ? null : numberIn(argumentOf(node.arguments, size.argument)?.value)
    const limited = (value: number | null) => Math.min(Math.max(value ?? size.default, 0), size.max)
    return typeof number === 'function' ? (variables) => limited(number(variables)) : limited(number)
  }
  if (!field.args.some(({ name }) => name === 'first')) return null
  const first = numberIn(argumentOf(node.arguments, 'first')?.value)
  const last = numberIn(argumentOf(node.arguments, 'last')?.value)
  if (typeof first === 'function' || typeof last === 'function')
    return (variables) => pageSize(numberOf(first, variables) ?? numberOf(last, variables))
  return pageSize(first ?? last)
}

function numberOf(term: Term<number | null>, variables: Variables): number | null {
  return typeof term === 'function' ? term(variables) : term
}

/** Returns the page size, limited to the allowed range. Execution refuses a page size that is out of range. */
function pageSize(requested: number | null): number {
  return Math.min(Math.max(requested ?? DEFAULT_PAGE_SIZE, 0), MAX_PAGE_SIZE)
}

function argumentOf(nodes: readonly ArgumentNode[] | undefined, name: string): ArgumentNode | undefined {
  return nodes?.find((argument) => argument.name.value === name)
}
