import {
  type FieldNode,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getNamedType,
  isObjectType,
  Kind,
  OperationTypeNode,
} from 'graphql'
import type { FieldGroup } from '../collect.ts'
import type { Reading } from '../reading.ts'

/** Returns what a resolver gets as its last argument. */
export function infoOf(
  reading: Reading,
  typeName: string,
  field: GraphQLField<unknown, unknown>,
  group: FieldGroup,
  path: GraphQLResolveInfo['path'],
): GraphQLResolveInfo {
  const { schema, fragments, variables } = reading
  const parentType = schema.getType(typeName)
  if (!isObjectType(parentType)) throw new Error(`${typeName} is not an object type.`)
  return {
    fieldName: field.name,
    fieldNodes: isRecord(reading, field.type) ? group.map(withIdOnly) : [...group],
    returnType: field.type,
    parentType,
    path,
    schema,
    fragments,
    rootValue: undefined,
    operation: {
      kind: Kind.OPERATION_DEFINITION,
      operation: OperationTypeNode.QUERY,
      selectionSet: { kind: Kind.SELECTION_SET, selections: [...group] },
    },
    variableValues: variables,
  }
}

/** Whether the values of a type are records, of which `resolve` only has to say which. */
export function isRecord({ registry }: Reading, type: GraphQLOutputType): boolean {
  const { name } = getNamedType(type)
  return registry.objects.get(name)?.isNode === true || name === 'Node' || registry.interfaces.has(name)
}

/** Returns the node with the id as its only selected field: the platform reads what the client selects of a record. */
function withIdOnly(node: FieldNode): FieldNode {
  const id: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: 'id' } }
  return { ...node, selectionSet: { kind: Kind.SELECTION_SET, selections: [id] } }
}
