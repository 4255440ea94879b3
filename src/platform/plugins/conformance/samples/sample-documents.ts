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

/** A GraphQL document with one operation, and its variables. */
export interface SampleDocument {
  readonly document: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** Returns whether a field is selected. */
export type IsSelected = (field: GraphQLField<unknown, unknown>) => boolean

/**
 * Returns an operation with one root field. Selects the fields that have no required arguments, two levels deep.
 * @param idFor Returns the record id for an argument or input field of type ID.
 * @param values Values of arguments, by name. The other required arguments get sample values.
 * @param isSelected Returns whether to select a field. Default: all fields.
 */
export function sampleDocument(
  kind: 'query' | 'mutation',
  field: GraphQLField<unknown, unknown>,
  idFor: IdFor,
  values: Readonly<Record<string, unknown>> = {},
  isSelected: IsSelected = () => true,
): SampleDocument {
  const args = field.args.filter((arg) => isRequiredArgument(arg) || arg.name in values)
  const declared = args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ')
  const passed = args.map(({ name }) => `${name}: $${name}`).join(', ')
  const variables = Object.fromEntries(
    args.map((arg) => [arg.name, arg.name in values ? values[arg.name] : sampleInput(arg.type, arg.name, idFor)]),
  )
  return {
    document: `${kind}${declared ? ` (${declared})` : ''} { ${field.name}${passed ? `(${passed})` : ''} ${selection(field.type, 2, isSelected)} }`,
    variables,
  }
}

/**
 * Returns the selection set for a field of this type, such as `{ __typename id }`; an empty text for a scalar or enum.
 * Selects the fields without required arguments, also of nested objects, down to `depth` levels.
 */
export function selection(type: GraphQLOutputType, depth: number, isSelected: IsSelected = () => true): string {
  const namedType = getNamedType(type)
  if (isLeafType(namedType)) return ''
  if (!isObjectType(namedType) && !isInterfaceType(namedType)) return '{ __typename }'
  const fields = Object.values(namedType.getFields()).filter(
    (field) => isSelected(field) && field.args.every((arg) => !isRequiredArgument(arg)),
  )
  const selected = fields.flatMap((field) => {
    if (isLeafType(getNamedType(field.type))) return [field.name]
    return depth > 0 && field.name !== 'edges' ? [`${field.name} ${selection(field.type, depth - 1, isSelected)}`] : []
  })
  return `{ __typename ${selected.join(' ')} }`
}
