import {
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedOutputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isObjectType,
} from 'graphql'
import { GUARDED_BY_PARENT } from '../../../src/platform/permissions/guard.ts'
import type { Registry } from '../../../src/platform/registry/object-type.ts'

/** A GraphQL type whose values are records. */
export interface RecordShape {
  /** Object type, such as `Call`. */
  readonly type: string
  /** Declared object, such as `Interaction`. */
  readonly object: string
  /** Its name in permissions. */
  readonly permission: string
  /** Prefix of its ids. */
  readonly prefix: string
  /** Root list field, or null. */
  readonly list: string | null
  readonly fields: readonly GraphQLField<unknown, unknown>[]
}

export function camel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

export function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/** Returns every record type that `node` can return, with the object whose permissions apply to it. */
export function recordShapes(schema: GraphQLSchema, { objects }: Registry): RecordShape[] {
  return [...objects.values()].flatMap((object) => {
    const kinds = [...object.variants.values()].filter((variant) => variant.object === null)
    const names = object.discriminator && object.variants.size > 0 ? kinds.map(({ name }) => name) : [object.name]
    return names.flatMap((name): RecordShape[] => {
      const type = schema.getType(name)
      if (!isObjectType(type) || !type.getInterfaces().some((each) => each.name === 'Node')) return []
      const fields = Object.values(type.getFields())
      return [
        {
          type: name,
          object: object.name,
          permission: camel(object.name),
          prefix: object.prefix,
          list: object.plural,
          fields,
        },
      ]
    })
  })
}

/** Fields that every caller who may read the record gets: no permission names them. */
export const READABLE_WITH_RECORD: ReadonlySet<string> = new Set(['id', 'version'])

/**
 * Fields of a record that one permission covers. A field of a plugin's `schema` needs the permissions on what it selects
 * too.
 */
export function guardedFields({ fields }: RecordShape): readonly GraphQLField<unknown, unknown>[] {
  return fields.filter(
    (field) =>
      !READABLE_WITH_RECORD.has(field.name) &&
      extraPermission(field) === null &&
      field.extensions['isSchemaField'] !== true,
  )
}

function isRecord(type: GraphQLNamedOutputType): boolean {
  return (isObjectType(type) || isInterfaceType(type)) && 'id' in type.getFields()
}

/** Returns the extra permission that the description of a field says it requires, such as audit:read; null for none. */
export function extraPermission({ description }: { readonly description?: string | null | undefined }): string | null {
  return /Needs the permission `([^`]+)`/.exec(description ?? '')?.[1] ?? null
}

/**
 * Returns a selection of a value. Everything that is not a record is selected in full; of records only type and id
 * (depth 0), their plain values (1), or all of their fields (2).
 */
export function selection(schema: GraphQLSchema, type: GraphQLNamedOutputType, depth: number): string {
  if (isLeafType(type)) return ''
  if (isRecord(type)) {
    // An item, which has no life of its own, is selected with its record.
    const isPart = isObjectType(type) && !type.getInterfaces().some(({ name }) => name === 'Node')
    if (depth === 0 && !(isPart && isUnguarded(type))) return '{ __typename id }'
    if (depth === 0 || (depth === 1 && !isPart)) return `{ __typename ${plainFields(schema, type)} }`
    const all = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : []
    return `{ __typename ${all
      .filter((field) => extraPermission(field) === null)
      .map((field) => selected(schema, field))
      .join(' ')} }`
  }
  if (isAbstractType(type)) return '{ __typename }'
  const fields = Object.values(type.getFields()).flatMap((field) => {
    if (extraPermission(field) !== null) return []
    const inner = getNamedType(field.type)
    // In a connection `nodes` selects the values of the records, so `edges` selects only their ids.
    return [`${field.name} ${selection(schema, inner, field.name === 'node' ? 0 : depth)}`]
  })
  return `{ __typename ${fields.join(' ')} }`
}

/** Whether who may read the field that holds an item may read all of it. The side of a relationship has permissions. */
function isUnguarded(type: GraphQLObjectType): boolean {
  return Object.values(type.getFields()).every(({ extensions }) => extensions['guard'] === GUARDED_BY_PARENT)
}

/** Returns the fields of a record that do not lead to records, its id among them. */
function plainFields(schema: GraphQLSchema, type: GraphQLNamedOutputType): string {
  if (!isObjectType(type) && !isInterfaceType(type)) return ''
  const own = Object.values(type.getFields()).flatMap((field) => {
    const inner = getNamedType(field.type)
    if (extraPermission(field) !== null || field.args.length > 0 || (!isLeafType(inner) && leadsToRecords(inner)))
      return []
    return [`${field.name} ${selection(schema, inner, 0)}`]
  })
  return own.join(' ')
}

function leadsToRecords(type: GraphQLNamedOutputType): boolean {
  if (isLeafType(type)) return false
  if (isRecord(type) || isAbstractType(type)) return true
  return Object.values(type.getFields()).some((field) => leadsToRecords(getNamedType(field.type)))
}

/** Returns the selection of one field of a record. Required arguments, such as the numbers of two versions, are 1. */
export function selected(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>, depth = 0): string {
  const args = field.args.filter(({ type }) => String(type).endsWith('!')).map(({ name }) => `${name}: 1`)
  const given = args.length > 0 ? `(${args.join(', ')})` : ''
  return `${field.name}${given} ${selection(schema, getNamedType(field.type), depth)}`
}

/** Returns the fields of an input type; none for any other type. */
export function inputFields(type: GraphQLType | undefined | null): readonly GraphQLInputField[] {
  const named = type ? getNamedType(type) : undefined
  return isInputObjectType(named) ? Object.values(named.getFields()) : []
}
