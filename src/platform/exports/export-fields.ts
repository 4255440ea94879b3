import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  isRequiredArgument,
} from 'graphql'
import { requireExportable } from '../permissions/field-use.ts'
import type { ObjectType, Registry } from '../registry/object-type.ts'
import { objectBySingular } from '../registry/registry.ts'
import type { Grantee } from '../request/actor.ts'
import { branchOf, type FieldTree } from './field-tree.ts'

/** A field of an export: its path, and how its value is found in the answer for a record. */
export interface ExportField {
  /** The path as the caller wrote it: the name of the column of a CSV file. */
  readonly path: string
  /** Names of fields, and positions (from 0) of items in a list. */
  readonly steps: readonly (string | number)[]
}

/** What decides which paths an export can have. */
export interface FieldScope {
  readonly schema: GraphQLSchema
  readonly registry: Registry
  readonly actor: Grantee
  /** Whether a path may have the position of an item, as in `emails.2.address`. */
  readonly allowsPositions: boolean
}

/** Maximum number of segments of a path. */
const MAX_SEGMENTS = 8
const POSITION = /^[1-9]\d?$/

type AnyField = GraphQLField<unknown, unknown>

/** A field, and the types on which it is selected. */
interface FoundField {
  readonly field: AnyField
  /** Empty when the type that was searched has the field itself. */
  readonly onTypes: readonly string[]
  /** The field of each concrete type that a record can have. */
  readonly concrete: readonly AnyField[]
}

/**
 * Finds the field that a path names, and adds it to the tree. Returns a sentence that says what is wrong when there is
 * no such field, or no value in it that fits into a cell.
 * @throws GraphQLError FORBIDDEN when the caller may not read each field of the path on all records that they see.
 */
export function addField(
  scope: FieldScope,
  object: ObjectType,
  tree: FieldTree,
  path: string,
): ExportField | { readonly problem: string } {
  const segments = path.split('.')
  if (segments.length > MAX_SEGMENTS) return { problem: `${quoted(path)} has more than ${MAX_SEGMENTS} names.` }
  let type: GraphQLNamedType | undefined = scope.schema.getType(object.name)
  let branch = tree
  let isList = false
  const steps: (string | number)[] = []
  for (const segment of segments) {
    if (isList && POSITION.test(segment)) {
      if (!scope.allowsPositions)
        return {
          problem: `${quoted(path)} names one item of a list. JSON Lines contain the whole list: leave the number out.`,
        }
      steps.push(Number(segment) - 1)
      isList = false
      continue
    }
    const found = type ? fieldOf(scope.schema, type, segment) : null
    if (!type || !found) return { problem: `${object.name} has no field ${quoted(path)} to export.` }
    const problem = unfitProblem(found.field, path)
    if (problem !== null) return { problem }
    requireExport(scope, type, found)
    branch = branchOf(branch, segment, found.onTypes)
    steps.push(segment)
    isList = isListType(getNullableType(found.field.type))
    type = getNamedType(found.field.type)
  }
  if (isCompositeType(type))
    return { problem: `${quoted(path)} is no single value. Name one of its fields: ${path}.<field>.` }
  return { path, steps }
}

/** Returns the field of a type, or of those of its members that have it; null when there is none. */
function fieldOf(schema: GraphQLSchema, type: GraphQLNamedType, name: string): FoundField | null {
  if (isObjectType(type)) {
    const field = type.getFields()[name]
    return field ? { field, onTypes: [], concrete: [field] } : null
  }
  if (!isAbstractType(type)) return null
  const members = schema.getPossibleTypes(type).flatMap((member) => {
    const field = member.getFields()[name]
    return field ? [{ member: member.name, field }] : []
  })
  const own = isInterfaceType(type) ? type.getFields()[name] : undefined
  const concrete = members.map(({ field }) => field)
  if (own) return { field: own, onTypes: [], concrete }
  const [first] = concrete
  // Values of several types would not fit into one column.
  if (!first || concrete.some((field) => getNamedType(field.type) !== getNamedType(first.type))) return null
  return { field: first, onTypes: members.map(({ member }) => member), concrete }
}

function unfitProblem({ args }: AnyField, path: string): string | null {
  if (args.some(({ name }) => name === 'first'))
    return `${quoted(path)} leads through a list with pages, which does not fit into a file of other records. Export its records by themselves.`
  if (args.some(isRequiredArgument)) return `${quoted(path)} leads through a field that needs arguments.`
  return null
}

/** Throws FORBIDDEN unless the caller may export the field of every type that a record can have. */
function requireExport({ registry, actor }: FieldScope, type: GraphQLNamedType, { concrete }: FoundField): void {
  const abstract = registry.objects.get(type.name)
  for (const { extensions } of concrete) {
    const { guard } = extensions
    if (guard?.kind !== 'field') continue
    // As in `compileField`: a field that the abstract object has needs the permission on this object.
    const owner = abstract?.fields.has(guard.field) ? abstract : objectBySingular(registry, guard.object)
    if (!owner) throw new Error(`${guard.coordinate} can't be exported: there is no object ${guard.object}.`)
    requireExportable({ actor }, owner, guard.field)
  }
}

const MAX_QUOTED = 100

/** Returns a text of the caller in quotes and shortened, for a message. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text)
}
