import type { DocumentNode, FieldNode, SelectionSetNode } from 'graphql'
import { type Limits, requireWithin } from './limits.ts'
import type { Fragments } from './totals.ts'

/**
 * Throws QUERY_TOO_COMPLEX where one place of the answer has too many names for one field, or repeats too much: whatever is
 * selected for one name is held against all else that is, two and two, to see whether they can be merged. The document's totals
 * have been checked, so the time is that of its selections.
 */
export function checkPlaces(document: DocumentNode, fragments: Fragments, limits: Limits): void {
  let repetitions = 0

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
          const same = fields.get(name)
          if (same) same.push(selection)
          else fields.set(name, [selection])
        }
      }
    }
    for (const set of sets) visit(set)
    return fields
  }

  const checkPlace = (fields: ReadonlyMap<string, readonly FieldNode[]>) => {
    const names = new Map<string, number>()
    for (const nodes of fields.values()) {
      requireWithin(limits, 'duplicates', nodes.length)
      repetitions += nodes.length - 1
      for (const field of new Set(nodes.map(({ name }) => name.value))) names.set(field, (names.get(field) ?? 0) + 1)
    }
    requireWithin(limits, 'repetitions', repetitions)
    for (const count of names.values()) requireWithin(limits, 'sameField', count)
    for (const nodes of fields.values()) {
      const sets = nodes.flatMap((node) => node.selectionSet ?? [])
      if (sets.length > 0) checkPlace(fieldsOf(sets))
    }
  }

  for (const definition of document.definitions) {
    if (definition.kind !== 'OperationDefinition') continue
    const fields = fieldsOf([definition.selectionSet])
    checkPlace(fields)
    requireWithin(limits, 'rootFields', fields.size)
  }
}
