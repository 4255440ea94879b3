import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  isAbstractType,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'

/** The parts of a request that decide which fields are selected. */
export interface Selected {
  readonly schema: GraphQLSchema
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
  readonly variables: Readonly<Record<string, unknown>>
}

/**
 * The nodes of a document that select the field of one response key. There are several nodes when the client selects
 * the same field more than once, for example in two fragments.
 */
export type FieldGroup = readonly [FieldNode, ...FieldNode[]]

/**
 * Returns the fields that the selection sets select on a type, by response key in the order of the answer
 * (CollectFields of the GraphQL specification, section 6.3.2).
 */
export function collectFields(
  selected: Selected,
  typeName: string,
  sets: readonly SelectionSetNode[],
): Map<string, FieldGroup> {
  const groups = new Map<string, [FieldNode, ...FieldNode[]]>()
  const visited = new Set<string>()
  const visit = (selections: readonly SelectionNode[]) => {
    for (const selection of selections) {
      if (!isIncluded(selected, selection)) continue
      if (selection.kind === 'Field') {
        const key = selection.alias?.value ?? selection.name.value
        const group = groups.get(key)
        if (group) group.push(selection)
        else groups.set(key, [selection])
      } else if (selection.kind === 'InlineFragment') {
        if (applies(selected.schema, selection.typeCondition?.name.value, typeName))
          visit(selection.selectionSet.selections)
      } else {
        const name = selection.name.value
        const fragment = selected.fragments[name]
        if (!fragment || visited.has(name)) continue
        visited.add(name)
        if (applies(selected.schema, fragment.typeCondition.name.value, typeName))
          visit(fragment.selectionSet.selections)
      }
    }
  }
  for (const set of sets) visit(set.selections)
  return groups
}

/** Returns the selection sets of the nodes of a group. */
export function selectionSets(group: FieldGroup): SelectionSetNode[] {
  return group.flatMap((node) => (node.selectionSet ? [node.selectionSet] : []))
}

function isIncluded(selected: Selected, node: SelectionNode): boolean {
  if (!node.directives || node.directives.length === 0) return true
  if (getDirectiveValues(GraphQLSkipDirective, node, selected.variables)?.if === true) return false
  return getDirectiveValues(GraphQLIncludeDirective, node, selected.variables)?.if !== false
}

function applies(schema: GraphQLSchema, condition: string | undefined, typeName: string): boolean {
  if (condition === undefined || condition === typeName) return true
  const conditionType = schema.getType(condition)
  const type = schema.getType(typeName)
  return (
    isAbstractType(conditionType) &&
    type !== undefined &&
    'getInterfaces' in type &&
    schema.isSubType(conditionType, type)
  )
}
