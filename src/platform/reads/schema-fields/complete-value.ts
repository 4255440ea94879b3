import {
  defaultFieldResolver,
  defaultTypeResolver,
  type FieldNode,
  type GraphQLField,
  GraphQLList,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getArgumentValues,
  getNamedType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  OperationTypeNode,
} from 'graphql'
import type { PluginContext } from '../../declare/plugin-context.ts'
import type { FieldGroup } from '../collect.ts'
import { deferred } from '../deferred.ts'
import { leafValue } from '../leaf.ts'
import { type Projection, type Projector, projectorOf } from '../projection.ts'
import type { Reading } from '../reading.ts'
import { withTypeName } from '../reference.ts'
import { subfields } from '../select.ts'

/** What the values that a plugin's code returns are completed with. */
export interface Completion {
  readonly reading: Reading
  /** Collects the records that values refer to. */
  readonly projection: Projection
  /** Context of the plugin, for the `resolve` of its fields. */
  readonly context: PluginContext
}

type Path = GraphQLResolveInfo['path']

/**
 * Runs the `resolve` of a field and returns what the client selects of its value: as GraphQL's executor completes a
 * value, but a record is replaced by a placeholder and read with all others in one statement.
 */
export async function completeField(
  completion: Completion,
  typeName: string,
  field: GraphQLField<unknown, unknown>,
  source: unknown,
  args: Readonly<Record<string, unknown>>,
  group: FieldGroup,
  parentPath: Path | undefined,
): Promise<unknown> {
  const key = group[0].alias?.value ?? group[0].name.value
  const path: Path = { prev: parentPath, key, typename: typeName }
  const resolve = field.extensions.resolveValue ?? field.resolve ?? defaultFieldResolver
  const value: unknown = await resolve(
    source,
    args,
    completion.context,
    infoOf(completion, typeName, field, group, path),
  )
  return complete(completion, field.type, { typeName, field, group }, value, path)
}

/** The field whose value is completed. */
interface FieldPlace {
  readonly typeName: string
  readonly field: GraphQLField<unknown, unknown>
  readonly group: FieldGroup
}

async function complete(
  completion: Completion,
  type: GraphQLOutputType,
  place: FieldPlace,
  value: unknown,
  path: Path,
): Promise<unknown> {
  const { group } = place
  if (isNonNullType(type)) {
    const completed = await complete(completion, type.ofType, place, value, path)
    if (completed === null) throw new Error(`${nameOf(path)} is null, but its type ${String(type)} is non-null.`)
    return completed
  }
  if (value instanceof Error) throw value
  if (value === null || value === undefined) return null
  if (isListType(type)) return completeList(completion, type.ofType, place, value, path)
  if (isLeafType(type)) return leafValue(type, value)
  const record = recordProjector(completion, type, group, path)
  if (record) return record(referenceTo(value))
  if (isObjectType(type)) return completeObject(completion, type.name, group, value, path)
  const name = await typeOf(completion, type.name, place, value, path)
  return withTypeName(name, await completeObject(completion, name, group, value, path))
}

async function completeList(
  completion: Completion,
  type: GraphQLOutputType,
  place: FieldPlace,
  value: unknown,
  path: Path,
): Promise<unknown> {
  const { group } = place
  if (value === null || typeof value !== 'object' || !(Symbol.iterator in value))
    throw new Error(`${nameOf(path)} is not a list.`)
  const elements = Array.from(Object(value), (element: unknown) => element)
  const named = isNonNullType(type) ? type.ofType : type
  // A list of non-null records leaves out the records that the caller may not see.
  const isRecords =
    isNonNullType(type) && !isListType(named) && recordProjector(completion, named, group, path) !== null
  if (isRecords) {
    const list = projectorOf(completion.projection, new GraphQLList(type), group, nameOf(path))
    return list(await Promise.all(elements.map(async (element) => referenceTo(await element))))
  }
  return Promise.all(
    elements.map(async (element, index) => {
      const elementPath: Path = { prev: path, key: index, typename: undefined }
      try {
        return await complete(completion, type, place, await element, elementPath)
      } catch (error) {
        if (isNonNullType(type)) throw error
        return failed(error)
      }
    }),
  )
}

async function completeObject(
  completion: Completion,
  typeName: string,
  group: FieldGroup,
  value: unknown,
  path: Path,
): Promise<unknown> {
  const { reading } = completion
  const type = reading.schema.getType(typeName)
  if (!isObjectType(type)) throw new Error(`${nameOf(path)} is of the type ${typeName}, which is not an object type.`)
  const entries = [...subfields(reading, typeName, group)].map(async ([key, fields]): Promise<[string, unknown]> => {
    const field = type.getFields()[fields[0].name.value]
    if (!field) return [key, typeName]
    try {
      const args = getArgumentValues(field, fields[0], reading.variables)
      return [key, await completeField(completion, typeName, field, value, args, fields, path)]
    } catch (error) {
      if (isNonNullType(field.type)) throw error
      return [key, failed(error)]
    }
  })
  return Object.fromEntries(await Promise.all(entries))
}

/** Returns a placeholder for a nullable value that could not be computed: the value is null, and the error is reported. */
function failed(error: unknown): unknown {
  return deferred(() => {
    throw error
  })
}

async function typeOf(
  completion: Completion,
  name: string,
  { typeName, field, group }: FieldPlace,
  value: unknown,
  path: Path,
): Promise<string> {
  const { schema } = completion.reading
  const type = schema.getType(name)
  if (!isAbstractType(type)) throw new Error(`${name} is not an interface or union.`)
  const resolveType = type.resolveType ?? defaultTypeResolver
  const resolved: unknown = await resolveType(
    value,
    completion.context,
    infoOf(completion, typeName, field, group, path),
    type,
  )
  const resolvedType = schema.getType(String(resolved))
  if (isObjectType(resolvedType) && schema.isSubType(type, resolvedType)) return resolvedType.name
  throw new Error(
    `${nameOf(path)} is of the type ${String(resolved)}, which is no ${name}. Give ${name} a \`resolveType\`.`,
  )
}

/** Returns the projector of a type whose values are records; null for any other type. */
function recordProjector(
  { reading, projection }: Completion,
  type: GraphQLOutputType,
  group: FieldGroup,
  path: Path,
): Projector | null {
  if (isLeafType(type) || isListType(type) || isNonNullType(type)) return null
  return isRecord(reading, type) ? projectorOf(projection, type, group, nameOf(path)) : null
}

/** Returns the reference to a record: a row with an id, such as Prisma returns, stands for the record with that id. */
function referenceTo(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || 'type' in value) return value
  return 'id' in value ? value.id : value
}

/** Returns what a resolver gets as its last argument. */
function infoOf(
  { reading }: Completion,
  typeName: string,
  field: GraphQLField<unknown, unknown>,
  group: FieldGroup,
  path: Path,
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
function isRecord({ registry }: Reading, type: GraphQLOutputType): boolean {
  const { name } = getNamedType(type)
  return registry.objects.get(name)?.isNode === true || name === 'Node' || registry.interfaces.has(name)
}

/** Returns the node with the id as its only selected field: the platform reads what the client selects of a record. */
function withIdOnly(node: FieldNode): FieldNode {
  const id: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: 'id' } }
  return { ...node, selectionSet: { kind: Kind.SELECTION_SET, selections: [id] } }
}

function nameOf(path: Path): string {
  return typeof path.key === 'number' && path.prev ? nameOf(path.prev) : `${path.typename ?? ''}.${path.key}`
}
