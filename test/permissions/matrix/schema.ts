import {
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedOutputType,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isObjectType,
} from 'graphql'
import type { Registry } from '../../../src/platform/registry/object-type.ts'

/** A GraphQL type whose values are records. */
export interface RecordShape {
  /** Object type, such as `Call`. */
  readonly type: string
  /** Declared object, such as `Interaction`. */
  readonly object: string
  /** Its name in permissions. */
  readonly permission: string
  /** Of its ids. */
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

/** Every type of records that `node` can answer, and the object whose permission it is under. */
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

/** Fields that whoever sees a record is told: permissions don't name them. */
export const READABLE_WITH_RECORD: ReadonlySet<string> = new Set(['id', 'version'])

/** Fields of a record that a permission names. */
export function guardedFields({ fields }: RecordShape): readonly GraphQLField<unknown, unknown>[] {
  return fields.filter((field) => !READABLE_WITH_RECORD.has(field.name) && extraPermission(field) === null)
}

function isRecord(type: GraphQLNamedOutputType): boolean {
  return (isObjectType(type) || isInterfaceType(type)) && 'id' in type.getFields()
}

/** Permission that a field's own description says it takes, beside that of its record; null for none. */
export function extraPermission({ description }: { readonly description?: string | null | undefined }): string | null {
  return /Takes the permission `([^`]+)`/.exec(description ?? '')?.[1] ?? null
}

/**
 * A selection of a field's value: everything that is not a record in full, and of records only which they are (depth 0), their
 * plain values (1), or all of their fields (2).
 */
export function selection(schema: GraphQLSchema, type: GraphQLNamedOutputType, depth: number): string {
  if (isLeafType(type)) return ''
  if (isRecord(type)) {
    if (depth === 0) return '{ __typename id }'
    // What is no record by itself is told in full with what it is a part of.
    const isPart = isObjectType(type) && !type.getInterfaces().some(({ name }) => name === 'Node')
    if (depth === 1 && !isPart) return `{ __typename ${plainFields(schema, type)} }`
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
    // Of a connection the nodes tell the record, so that its edges need not.
    return [`${field.name} ${selection(schema, inner, field.name === 'node' ? 0 : depth)}`]
  })
  return `{ __typename ${fields.join(' ')} }`
}

/** Values of a record that are no records, with its id. */
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

/** One field of a record as it is selected. */
export function selected(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>, depth = 0): string {
  return `${field.name} ${selection(schema, getNamedType(field.type), depth)}`
}

/** Fields of an input type, none for any other. */
export function inputFields(type: GraphQLType | undefined | null): readonly GraphQLInputField[] {
  const named = type ? getNamedType(type) : undefined
  return isInputObjectType(named) ? Object.values(named.getFields()) : []
}
