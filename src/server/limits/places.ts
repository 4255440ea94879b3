import type { DocumentNode, FieldNode, SelectionSetNode } from 'graphql'
import { type Limits, requireWithin } from './limits.ts'
import type { Fragments } from './totals.ts'

/**
 * Throws QUERY_TOO_COMPLEX when an operation selects too many root fields, when a response path has too many selections
 * of one name or too many names for one field, or when a document repeats too many selections. These limits bound the
 * time of validation, which compares each pair of selections with the same response name. The totals of the document
 * were checked before, so this check takes time proportional to the number of selections.
 */
export function checkMergedSelections(document: DocumentNode, fragments: Fragments, limits: Limits): void {
  let repetitions = 0

  // The fields of merged selection sets by response name, with fragments expanded.
  const fieldsOf = (sets: readonly SelectionSetNode[]): Map<string, FieldNode[]> => {
    const fields = new Map<string, FieldNode[]>()
    const visit = ({ selections }: SelectionSetNode) => {
      for (const selection of selections) {
        if (selection.kind === 'InlineFragment') visit(selection.selectionSet)
        else if (selection.kind === 'FragmentSpread') {
          const fragment = fragments.get(selection.name.value)
          if (fragment) visit(fragment.selectionSet)
        } else {
          const name = selection.alias?.value ?? selection.name.value
          const nodes = fields.get(name)
          if (nodes) nodes.push(selection)
          else fields.set(name, [selection])
        }
      }
    }
    for (const set of sets) visit(set)
    return fields
  }

  const checkFields = (fields: ReadonlyMap<string, readonly FieldNode[]>) => {
    const namesPerField = new Map<string, number>()
    for (const nodes of fields.values()) {
      requireWithin(limits, 'duplicates', nodes.length)
      repetitions += nodes.length - 1
      for (const field of new Set(nodes.map(({ name }) => name.value)))
        namesPerField.set(field, (namesPerField.get(field) ?? 0) + 1)
    }
    requireWithin(limits, 'repetitions', repetitions)
    for (const count of namesPerField.values()) requireWithin(limits, 'sameField', count)
    for (const nodes of fields.values()) {
      const sets = nodes.flatMap((node) => node.selectionSet ?? [])
      if (sets.length > 0) checkFields(fieldsOf(sets))
    }
  }

  for (const definition of document.definitions) {
    if (definition.kind !== 'OperationDefinition') continue
    const fields = fieldsOf([definition.selectionSet])
    checkFields(fields)
    requireWithin(limits, 'rootFields', fields.size)
  }
}
