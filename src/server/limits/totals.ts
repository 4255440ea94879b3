import { type DocumentNode, type FragmentDefinitionNode, GraphQLError, type SelectionSetNode } from 'graphql'
import { codedError } from '../../platform/errors.ts'
import { type Limits, requireWithin } from './limits.ts'

/** Fragment definitions by name. */
export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>

/** Counts within a selection set. The content of a fragment counts each time the fragment is spread. */
interface Totals {
  selections: number
  aliases: number
  directives: number
  /** Levels of nested fields. */
  depth: number
}

export interface TotalsOptions {
  readonly limits: Limits
  readonly allowsIntrospection: boolean
}

/**
 * Checks the size of a document with its fragments expanded. The content of each fragment is counted only once and then
 * added for each spread, so the check takes time proportional to the length of the document.
 * @throws GraphQLError QUERY_TOO_COMPLEX when the document exceeds a limit; BAD_USER_INPUT when it requests the schema
 *   although introspection is off. Also BAD_USER_INPUT when it has fragments that spread themselves or are never used,
 *   because no limit bounds the time for validating such fragments.
 */
export function checkTotals(document: DocumentNode, fragments: Fragments, options: TotalsOptions): void {
  const { limits } = options
  requireWithin(limits, 'fragments', fragments.size)
  const countedFragments = new Map<string, Totals | 'being counted'>()

  const countFragment = (fragment: FragmentDefinitionNode): Totals => {
    const name = fragment.name.value
    const counted = countedFragments.get(name)
    if (counted === 'being counted') throw unusable(fragment, `Cannot spread fragment "${name}" within itself.`)
    if (counted) return counted
    countedFragments.set(name, 'being counted')
    const totals = countSet(fragment.selectionSet)
    countDirectives(totals, fragment, limits)
    countedFragments.set(name, totals)
    return totals
  }

  const countSet = (set: SelectionSetNode): Totals => {
    const totals: Totals = { selections: 0, aliases: 0, directives: 0, depth: 0 }
    for (const selection of set.selections) {
      totals.selections++
      countDirectives(totals, selection, limits)
      if (selection.kind === 'Field') {
        if (selection.alias) totals.aliases++
        if (!options.allowsIntrospection) refuseIntrospection(selection.name.value)
        add(totals, selection.selectionSet ? countSet(selection.selectionSet) : null, 1)
      } else if (selection.kind === 'InlineFragment') add(totals, countSet(selection.selectionSet), 0)
      else {
        const fragment = fragments.get(selection.name.value)
        if (fragment) add(totals, countFragment(fragment), 0)
      }
    }
    for (const name of ['depth', 'aliases', 'directives', 'selections'] as const)
      requireWithin(limits, name, totals[name])
    return totals
  }

  for (const definition of document.definitions) {
    if (definition.kind !== 'OperationDefinition') continue
    const totals = countSet(definition.selectionSet)
    countDirectives(totals, definition, limits)
    for (const variable of definition.variableDefinitions ?? []) countDirectives(totals, variable, limits)
    requireWithin(limits, 'directives', totals.directives)
  }
  for (const [name, fragment] of fragments)
    if (!countedFragments.has(name)) throw unusable(fragment, `Fragment "${name}" is never used.`)
}

/** Adds the totals of a nested selection set, which is `levels` levels of fields deeper. */
function add(totals: Totals, nested: Totals | null, levels: 0 | 1): void {
  totals.selections += nested?.selections ?? 0
  totals.aliases += nested?.aliases ?? 0
  totals.directives += nested?.directives ?? 0
  totals.depth = Math.max(totals.depth, (nested?.depth ?? 0) + levels)
}

function countDirectives(
  totals: Totals,
  { directives }: { readonly directives?: readonly unknown[] | undefined },
  limits: Limits,
): void {
  if (!directives || directives.length === 0) return
  requireWithin(limits, 'directivesInOnePlace', directives.length)
  totals.directives += directives.length
}

function refuseIntrospection(name: string): void {
  if (name !== '__schema' && name !== '__type') return
  throw codedError('BAD_USER_INPUT', `Introspection is disabled on this server, so ${name} can't be selected.`)
}

function unusable(nodes: FragmentDefinitionNode, message: string): GraphQLError {
  return new GraphQLError(message, { nodes, extensions: { code: 'BAD_USER_INPUT' } })
}
