import {
  type GraphQLField,
  type GraphQLOutputType,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql'
import { type IdFor, sampleInput } from './sample-inputs.ts'

/** An operation and its variables. */
export interface SampleDocument {
  readonly document: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** Whether a field of the answer is to be selected. */
export type IsSelected = (field: GraphQLField<unknown, unknown>) => boolean

/**
 * An operation over one root field: required arguments are samples unless `given`, and everything of the answer that needs
 * no argument is selected, two levels deep, as far as `isSelected`.
 */
export function sampleDocument(
  kind: 'query' | 'mutation',
  field: GraphQLField<unknown, unknown>,
  idFor: IdFor,
  given: Readonly<Record<string, unknown>> = {},
  isSelected: IsSelected = () => true,
): SampleDocument {
  const args = field.args.filter((arg) => isRequiredArgument(arg) || arg.name in given)
  const declared = args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ')
  const passed = args.map(({ name }) => `${name}: $${name}`).join(', ')
  const variables = Object.fromEntries(
    args.map((arg) => [arg.name, arg.name in given ? given[arg.name] : sampleInput(arg.type, arg.name, idFor)]),
  )
  return {
    document: `${kind}${declared ? ` (${declared})` : ''} { ${field.name}${passed ? `(${passed})` : ''} ${selection(field.type, 2, isSelected)} }`,
    variables,
  }
}

/** What is selected of a field's type: everything without arguments of its own, down to a depth. */
export function selection(type: GraphQLOutputType, depth: number, isSelected: IsSelected = () => true): string {
  const named = getNamedType(type)
  if (isLeafType(named)) return ''
  if (!isObjectType(named) && !isInterfaceType(named)) return '{ __typename }'
  const fields = Object.values(named.getFields()).filter(
    (field) => isSelected(field) && field.args.every((arg) => !isRequiredArgument(arg)),
  )
  const selected = fields.flatMap((field) => {
    if (isLeafType(getNamedType(field.type))) return [field.name]
    return depth > 0 && field.name !== 'edges' ? [`${field.name} ${selection(field.type, depth - 1, isSelected)}`] : []
  })
  return `{ __typename ${selected.join(' ')} }`
}
