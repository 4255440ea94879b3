import {
  type DirectiveNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  isCompositeType,
  type SelectionSetNode,
} from 'graphql'
import { evaluate, type Term, type Variables } from './terms.ts'
import type { Fragments } from './totals.ts'

/** A field of a type, selected in one place or in several that the answer merges. */
export interface SelectedField {
  readonly type: GraphQLCompositeType
  readonly nodes: [FieldNode, ...FieldNode[]]
  /** Whether it is answered, as far as directives say. */
  readonly condition: Term<boolean>
}

/**
 * The fields that selection sets ask of a type. Those of one name in the answer are one, as they are read once, but for those
 * that directives with variables may leave out. The document is valid.
 */
export function selectedFields(
  schema: GraphQLSchema,
  fragments: Fragments,
  type: GraphQLCompositeType,
  sets: readonly SelectionSetNode[],
): readonly SelectedField[] {
  const always = new Map<string, SelectedField>()
  const perhaps: SelectedField[] = []
  const visited = new Set<string>()
  const visit = (on: GraphQLCompositeType, set: SelectionSetNode, outer: Term<boolean>) => {
    for (const selection of set.selections) {
      const condition = both(outer, conditionOf(selection.directives))
      if (condition === false) continue
      if (selection.kind === 'Field') {
        const field: SelectedField = { type: on, nodes: [selection], condition }
        const key = `${on.name}.${selection.alias?.value ?? selection.name.value}`
        const same = condition === true ? always.get(key) : undefined
        if (same) same.nodes.push(selection)
        else if (condition === true) always.set(key, field)
        else perhaps.push(field)
      } else if (selection.kind === 'InlineFragment')
        visit(typeNamed(schema, selection.typeCondition?.name.value, on), selection.selectionSet, condition)
      else {
        const fragment = fragments.get(selection.name.value)
        if (!fragment || visited.has(selection.name.value)) continue
        if (condition === true) visited.add(selection.name.value)
        visit(typeNamed(schema, fragment.typeCondition.name.value, on), fragment.selectionSet, condition)
      }
    }
  }
  for (const set of sets) visit(type, set, true)
  return [...always.values(), ...perhaps]
}

function typeNamed(schema: GraphQLSchema, name: string | undefined, otherwise: GraphQLCompositeType) {
  const type = name === undefined ? undefined : schema.getType(name)
  return isCompositeType(type) ? type : otherwise
}

/** What `@skip` and `@include` say. */
function conditionOf(directives: readonly DirectiveNode[] | undefined): Term<boolean> {
  let condition: Term<boolean> = true
  for (const { name, arguments: given } of directives ?? []) {
    if (name.value !== 'skip' && name.value !== 'include') continue
    const node = given?.find((argument) => argument.name.value === 'if')?.value
    const wanted = name.value === 'include'
    if (node?.kind === 'BooleanValue') condition = both(condition, node.value === wanted)
    else if (node?.kind === 'Variable') {
      const variable = node.name.value
      condition = both(condition, (variables: Variables) => (variables[variable] === true) === wanted)
    }
  }
  return condition
}

function both(one: Term<boolean>, other: Term<boolean>): Term<boolean> {
  if (one === true) return other
  if (other === true) return one
  if (one === false || other === false) return false
  return (variables) => evaluate(one, variables) && evaluate(other, variables)
}
