import type { ObjectRef } from '@pothos/core'
import { readDetail } from '../../reads/fields/column-fields.ts'
import { readDetailOne } from '../../reads/fields/one-fields.ts'
import type { Answer } from '../../reads/reading.ts'
import { TYPE_NAME } from '../../reads/reading.ts'
import type { ObjectType, Variant } from '../../registry/object-type.ts'
import { checkColumnScalar } from '../../registry/scalars.ts'
import type { SchemaTypes } from '../builder.ts'
import { words } from '../descriptions.ts'
import { claimType, ownedBy } from '../name-claims.ts'
import { columnType, type OutputField, type TypeStore } from '../types.ts'
import { outputFields } from './output-fields.ts'
import { fieldsOf, guardOf } from './record-fields.ts'

/** Defines the GraphQL type of a concrete object, or the interface and the variants of an abstract one. */
export function defineObjectType(store: TypeStore, object: ObjectType): void {
  if (object.discriminator && object.variants.size > 0) {
    defineAbstract(store, object)
    return
  }
  claimType(store.claims, object.name, object.pluginId, object)
  const options = {
    ...ownedBy(store.registry, object.pluginId),
    description: object.description,
    interfaces: () => interfacesOf(store, object.name),
  }
  if (object.isNode) {
    // Pothos' Prisma plugin knows the types of records, so that the \`schema\` of plugins can add fields to them. Core's
    // own fields are compiled without it.
    const { name } = object.model
    const variant = name === object.name ? {} : { variant: object.name }
    const ref: ObjectRef<SchemaTypes, Answer> = store.builder.prismaObject(name, {
      ...variant,
      ...options,
      select: { id: true },
    })
    store.outputs.set(object.name, ref)
    store.builder.objectFields(ref, (t) => outputFields(store, t, fieldsOf(store, object, object.prefix)))
    return
  }
  const ref = store.builder.objectRef<Answer>(object.name)
  store.outputs.set(object.name, ref)
  ref.implement({ ...options, fields: (t) => outputFields(store, t, fieldsOf(store, object, object.prefix)) })
}

function defineAbstract(store: TypeStore, object: ObjectType): void {
  claimType(store.claims, object.name, object.pluginId, object)
  const ref = store.builder.interfaceRef<Answer>(object.name)
  store.outputs.set(object.name, ref)
  const isNode = [...object.variants.values()].every((variant) => !variant.object)
  const shared = () => fieldsOf(store, object, object.prefix)
  ref.implement({
    ...ownedBy(store.registry, object.pluginId),
    description: object.description,
    resolveType: (answer) => String(Reflect.get(answer, TYPE_NAME)),
    interfaces: () => (isNode ? nodeInterface(store) : []),
    fields: (t) => outputFields(store, t, shared()),
  })
  for (const variant of object.variants.values()) if (!variant.object) defineVariant(store, object, variant)
}

function defineVariant(store: TypeStore, object: ObjectType, variant: Variant): void {
  claimType(store.claims, variant.name, variant.pluginId, variant)
  const ref = store.builder.objectRef<Answer>(variant.name)
  store.outputs.set(variant.name, ref)
  ref.implement({
    ...ownedBy(store.registry, variant.pluginId),
    description: variant.description,
    interfaces: () => interfacesOf(store, object.name),
    fields: (t) =>
      outputFields(store, t, [...fieldsOf(store, object, object.prefix), ...detailFields(store, object, variant)]),
  })
}

function detailFields(store: TypeStore, object: ObjectType, variant: Variant): OutputField[] {
  const { detail, pluginId } = variant
  if (!detail) return []
  return [...detail.fields.values()].flatMap((field): OutputField[] => {
    if (field.kind === 'declared') return []
    checkColumnScalar(store.registry, detail, field)
    const described = field.kind === 'column' ? field.column.description : field.relation.description
    const common = {
      name: field.name,
      pluginId,
      description: described ?? `${variant.name}'s ${words(field.name)}.`,
      isNullable: true,
      guard: guardOf(object, field),
    }
    if (field.kind === 'one')
      return [{ ...common, type: field.object, list: 'no', read: readDetailOne(store.registry, detail, field) }]
    return [
      {
        ...common,
        type: field.options.scalar ?? columnType(field.column),
        list: field.column.isList ? 'of non-null' : 'no',
        read: readDetail(detail, field.column),
      },
    ]
  })
}

/** Returns a list with Relay's interface `Node`; an empty list until `Node` is defined. */
export function nodeInterface(store: TypeStore) {
  const node = store.outputs.get('Node')
  return node?.kind === 'Interface' ? [node] : []
}

/**
 * Returns the interfaces of an object's GraphQL types: `Node`, the object itself when it is abstract, the abstract
 * objects of which it is a variant, and the declared interfaces that name it.
 */
function interfacesOf(store: TypeStore, name: string) {
  const own = store.outputs.get(name)
  const abstract = [...store.registry.objects.values()].filter((object) =>
    [...object.variants.values()].some((variant) => variant.object === name),
  )
  const declared = [...store.registry.interfaces.values()].filter((each) => each.objects.includes(name))
  const refs = [...abstract, ...declared].map((each) => store.outputs.get(each.name))
  const node = store.registry.objects.get(name)?.isNode ? nodeInterface(store) : []
  return [...node, ...[own, ...refs].flatMap((ref) => (ref?.kind === 'Interface' ? [ref] : []))]
}
