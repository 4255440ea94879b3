import { type DocumentNode, type FragmentDefinitionNode, GraphQLError, type SelectionSetNode } from 'graphql'
import { codedError } from '../../platform/errors.ts'
import { type Limits, requireWithin } from './limits.ts'

export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>

/** What is below a selection set, each fragment counted wherever it is spread. */
interface Totals {
  selections: number
  aliases: number
  directives: number
  /** Fields within fields. */
  depth: number
}

export interface TotalsOptions {
  readonly limits: Limits
  readonly allowsIntrospection: boolean
}

/**
 * Throws QUERY_TOO_COMPLEX for a document that unfolds to too much, and BAD_USER_INPUT for one that asks for the schema where
 * that is not told, or has fragments that include themselves or are for nothing: nothing bounds the work of validating those.
 * Each fragment is counted once, however often it is spread, so the time is that of reading the document.
 */
export function checkTotals(document: DocumentNode, fragments: Fragments, options: TotalsOptions): void {
  const { limits } = options
  requireWithin(limits, 'fragments', fragments.size)
  const known = new Map<string, Totals | 'being counted'>()

  const countFragment = (fragment: FragmentDefinitionNode): Totals => {
    const name = fragment.name.value
    const counted = known.get(name)
    if (counted === 'being counted') throw unusable(fragment, `Cannot spread fragment "${name}" within itself.`)
    if (counted) return counted
    known.set(name, 'being counted')
    const totals = countSet(fragment.selectionSet)
    countDirectives(totals, fragment, limits)
    known.set(name, totals)
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
    if (!known.has(name)) throw unusable(fragment, `Fragment "${name}" is never used.`)
}

function add(totals: Totals, below: Totals | null, levels: 0 | 1): void {
  totals.selections += below?.selections ?? 0
  totals.aliases += below?.aliases ?? 0
  totals.directives += below?.directives ?? 0
  totals.depth = Math.max(totals.depth, (below?.depth ?? 0) + levels)
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
  throw codedError('BAD_USER_INPUT', `This server does not tell its schema: ${name} is switched off here.`)
}

function unusable(nodes: FragmentDefinitionNode, message: string): GraphQLError {
  return new GraphQLError(message, { nodes, extensions: { code: 'BAD_USER_INPUT' } })
}
