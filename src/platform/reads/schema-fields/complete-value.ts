import {
  defaultFieldResolver,
  defaultTypeResolver,
  type GraphQLField,
  GraphQLList,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getArgumentValues,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import type { PluginContext } from '../../declare/plugin-context.ts'
import type { FieldGroup } from '../collect.ts'
import { deferredError } from '../deferred.ts'
import { schemaFieldError } from '../fields/resolutions.ts'
import { leafValue } from '../leaf.ts'
import { type Projection, type Projector, projectorOf } from '../projection.ts'
import type { Reading } from '../reading.ts'
import { withTypeName } from '../reference.ts'
import { subfields } from '../select.ts'
import { infoOf, isRecord } from './resolve-info.ts'
import { MAX_TAKE } from './select-map.ts'

/** What the values that a plugin's code returns are completed with. */
export interface Completion {
  readonly reading: Reading
  /** Collects the records that values refer to. */
  readonly projection: Projection
  /** Id of the plugin. */
  readonly plugin: string
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
  // The fields of core's types, such as `Money`, are read from the value: their own resolvers read from the answer.
  const resolve = field.extensions.resolveValue ?? defaultFieldResolver
  const value: unknown = await resolve(
    source,
    args,
    completion.context,
    infoOf(completion.reading, typeName, field, group, path),
  )
  const completed = await complete(completion, field.type, { typeName, field, group }, value, path)
  if (completed === null && field.extensions.isNeverNull)
    throw new Error(`${nameOf(path)} is null, although it is not declared nullable.`)
  return completed
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
  return completeObject(completion, name, group, value, path)
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
  if (isCompositeType(getNamedType(type)) && elements.length > MAX_TAKE)
    throw new Error(`${nameOf(path)} has ${elements.length} elements; ${MAX_TAKE} are allowed. Return them in pages.`)
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
        return failed(completion, place, error)
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
      return [key, failed(completion, { typeName, field, group: fields }, error)]
    }
  })
  // Where the executor of the GraphQL library completes the answer, it asks for the type.
  return withTypeName(typeName, Object.fromEntries(await Promise.all(entries)))
}

/** Returns a placeholder for a nullable value that could not be computed: the value is null, and the error is reported. */
function failed({ plugin }: Completion, { typeName, field, group }: FieldPlace, error: unknown): unknown {
  return deferredError(schemaFieldError({ plugin, field: `${typeName}.${field.name}` }, error, group))
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
    infoOf(completion.reading, typeName, field, group, path),
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

function nameOf(path: Path): string {
  return typeof path.key === 'number' && path.prev ? nameOf(path.prev) : `${path.typename ?? ''}.${path.key}`
}
