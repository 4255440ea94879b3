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

/** A selected field of a type, with all selections that are merged into it. */
export interface SelectedField {
  readonly type: GraphQLCompositeType
  readonly nodes: [FieldNode, ...FieldNode[]]
  /** Whether the response contains the field, according to `@skip` and `@include`. */
  readonly condition: Term<boolean>
}

/**
 * Returns the fields that selection sets of a valid document select on a type. Selections with the same response name
 * are merged into one field, because the server reads the field only once. Selections that depend on a variable,
 * through `@skip` or `@include`, are not merged.
 */
export function selectedFields(
  schema: GraphQLSchema,
  fragments: Fragments,
  type: GraphQLCompositeType,
  sets: readonly SelectionSetNode[],
): readonly SelectedField[] {
  const unconditional = new Map<string, SelectedField>()
  const conditional: SelectedField[] = []
  const visited = new Set<string>()
  const visit = (parent: GraphQLCompositeType, set: SelectionSetNode, outer: Term<boolean>) => {
    for (const selection of set.selections) {
      const condition = both(outer, conditionOf(selection.directives))
      if (condition === false) continue
      if (selection.kind === 'Field') {
        const field: SelectedField = { type: parent, nodes: [selection], condition }
        const key = `${parent.name}.${selection.alias?.value ?? selection.name.value}`
        const merged = condition === true ? unconditional.get(key) : undefined
        if (merged) merged.nodes.push(selection)
        else if (condition === true) unconditional.set(key, field)
        else conditional.push(field)
      } else if (selection.kind === 'InlineFragment')
        visit(typeNamed(schema, selection.typeCondition?.name.value, parent), selection.selectionSet, condition)
      else {
        const fragment = fragments.get(selection.name.value)
        if (!fragment || visited.has(selection.name.value)) continue
        if (condition === true) visited.add(selection.name.value)
        visit(typeNamed(schema, fragment.typeCondition.name.value, parent), fragment.selectionSet, condition)
      }
    }
  }
  for (const set of sets) visit(type, set, true)
  return [...unconditional.values(), ...conditional]
}

function typeNamed(schema: GraphQLSchema, name: string | undefined, fallback: GraphQLCompositeType) {
  const type = name === undefined ? undefined : schema.getType(name)
  return isCompositeType(type) ? type : fallback
}

/** Returns the condition of `@skip` and `@include`: whether the response contains the selection. */
function conditionOf(directives: readonly DirectiveNode[] | undefined): Term<boolean> {
  let condition: Term<boolean> = true
  for (const { name, arguments: argumentNodes } of directives ?? []) {
    if (name.value !== 'skip' && name.value !== 'include') continue
    const node = argumentNodes?.find((argument) => argument.name.value === 'if')?.value
    const includesIf = name.value === 'include'
    if (node?.kind === 'BooleanValue') condition = both(condition, node.value === includesIf)
    else if (node?.kind === 'Variable') {
      const variable = node.name.value
      condition = both(condition, (variables: Variables) => (variables[variable] === true) === includesIf)
    }
  }
  return condition
}

/** Returns a condition that is true when both conditions are true. */
function both(one: Term<boolean>, other: Term<boolean>): Term<boolean> {
  if (one === true) return other
  if (other === true) return one
  if (one === false || other === false) return false
  return (variables) => evaluate(one, variables) && evaluate(other, variables)
}
