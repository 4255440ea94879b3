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

// Elements of a list that takes no page, such as the e-mail addresses of a contact.
const PLAIN_LIST_SIZE = 10

/** What an operation costs. */
export interface CompiledCost {
  /** Points with those variables. */
  readonly points: (variables: Variables) => number
  /** Root fields that it selects, at most. */
  readonly rootFields: number
}

/** Works out what an operation costs. The document is valid; the work is that of its selections, and little is left for a request. */
export function compileCost(
  schema: GraphQLSchema,
  fragments: Fragments,
  operation: OperationDefinitionNode,
): CompiledCost {
  const root = schema.getRootType(operation.operation)
  if (!root) return { points: () => 0, rootFields: 0 }
  const sets = [operation.selectionSet]
  const { self, lists, below } = costOfSets(schema, fragments, root, sets)
  const total = sum([self, lists, product(PLAIN_LIST_SIZE, below)])
  return {
    points: typeof total === 'number' ? () => total : withDefaults(operation, total),
    rootFields: selectedFields(schema, fragments, root, sets).length,
  }
}

/** The term, for variables that may lack what the operation has a default for. */
function withDefaults(
  { variableDefinitions = [] }: OperationDefinitionNode,
  term: (variables: Variables) => number,
): (variables: Variables) => number {
  const defaults = variableDefinitions.flatMap(({ variable, defaultValue }) =>
    defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)] as const] : [],
  )
  if (defaults.length === 0) return term
  const given = Object.fromEntries(defaults)
  return (variables) => term({ ...given, ...variables })
}

/** Points below a field: of its values and records, of its lists, and of what each element of those has below it. */
interface SetCost {
  readonly self: Term
  readonly lists: Term
  readonly below: Term
}

function costOfSets(
  schema: GraphQLSchema,
  fragments: Fragments,
  type: GraphQLCompositeType,
  sets: readonly SelectionSetNode[],
): SetCost {
  const self: Term[] = []
  const lists: Term[] = []
  const below: Term[] = []
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
      : { self: 0, lists: 0, below: 0 }
    const isList = isListType(getNullableType(field.type))
    const ofOne = sum([inner.self, inner.lists, product(PLAIN_LIST_SIZE, inner.below)])
    const add = (terms: Term[], term: Term) => terms.push(when(selected.condition, term))
    if (size === null && isList) {
      add(lists, weight)
      add(below, ofOne)
    } else if (size === null) add(self, sum([weight, ofOne]))
    else if (isList) add(self, product(size, sum([weight, ofOne])))
    else {
      // What the field answers, a connection or the payload of many writes, has the lists that are as long as it says.
      const once = field.extensions.cost?.perElementOf === undefined ? weight : product(size, weight)
      add(self, sum([once, inner.self, product(size, sum([inner.lists, inner.below]))]))
    }
  }
  return { self: sum(self), lists: sum(lists), below: sum(below) }
}

type AnyField = GraphQLField<unknown, unknown>

function weightOf(field: AnyField, { nodes: [node] }: SelectedField): Term {
  const own = field.extensions.cost?.weight ?? (isCompositeType(getNamedType(field.type)) ? 1 : 0)
  const ofArguments = field.args.flatMap((declared): readonly Term[] => {
    const given = argumentOf(node.arguments, declared.name)
    const points = declared.extensions.cost
    if (!given || points === undefined || given.value.kind === 'NullValue') return []
    if (given.value.kind !== 'Variable') return [points]
    const name = given.value.name.value
    return [(variables: Variables) => ((variables[name] ?? null) === null ? 0 : points)]
  })
  return sum([own, ...ofArguments])
}

/** Elements of the lists that the field leads to, where its arguments tell it. */
function sizeOf(field: AnyField, { nodes: [node] }: SelectedField): Term | null {
  const listPath = field.extensions.cost?.perElementOf
  if (listPath !== undefined) {
    const [name = '', ...path] = listPath.split('.')
    return lengthAt(argumentOf(node.arguments, name)?.value, path)
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

/** A size out of range is refused by the list itself. */
function pageSize(asked: number | null): number {
  return Math.min(Math.max(asked ?? DEFAULT_PAGE_SIZE, 0), MAX_PAGE_SIZE)
}

function argumentOf(given: readonly ArgumentNode[] | undefined, name: string): ArgumentNode | undefined {
  return given?.find((argument) => argument.name.value === name)
}
