import type { FieldMap } from '@pothos/core'
import { connectionTypeName } from '../../reads/fields/many.ts'
import { fieldRead } from '../../reads/fields/read.ts'
import { readDetail } from '../../reads/fields/scalars.ts'
import { TYPE_NAME } from '../../reads/reading.ts'
import { type Answer, byResponseKey, listByResponseKey, type SchemaTypes } from '../builder.ts'
import type { GroupField, ManyField } from '../fields.ts'
import { type Field, type ObjectType, objectNamed, type RecordType, resolveItem, type Variant } from '../registry.ts'
import { connectionArgs, listArgs } from './arguments.ts'
import { columnType, type InputField, inputType, type OutputField, outputType, type TypeStore, typeOfColumn } from './types.ts'

type FieldBuilder = PothosSchemaTypes.RootFieldBuilder<SchemaTypes, Answer, 'Object' | 'Interface' | 'Query'>

/** Fields for the builder, each resolved from the compiled answer. */
export function outputFields(store: TypeStore, t: FieldBuilder, fields: readonly OutputField[]): FieldMap {
  return Object.fromEntries(
    fields.map((field) => {
      const type = outputType(store, field.type)
      const options = {
        description: field.description,
        args: Object.fromEntries(Object.entries(field.args ?? {}).map(([name, arg]) => [name, argument(store, t, arg)])),
        extensions: field.read ? { read: field.read } : {},
      }
      if (field.list === 'no') return [field.name, t.field({ ...options, type, nullable: field.isNullable, resolve: byResponseKey })]
      return [field.name, t.field({ ...options, type: [type], nullable: { list: field.isNullable, items: field.list === 'of nullable' }, resolve: listByResponseKey })]
    }),
  )
}

function argument(store: TypeStore, t: FieldBuilder, arg: InputField) {
  const required = arg.isRequired ?? false
  if (arg.isList) return t.arg({ type: [inputType(store, arg.type)], required, description: arg.description })
  return t.arg({
    type: inputType(store, arg.type),
    required,
    description: arg.description,
    ...(arg.defaultValue === undefined ? {} : { defaultValue: arg.defaultValue }),
  })
}

/** Output fields of a record's declared fields. */
export function fieldsOf(store: TypeStore, type: RecordType, prefix: string | null): OutputField[] {
  return [...type.fields.values()].map((field) => outputField(store, type, field, prefix))
}

function readerOf(store: TypeStore, type: RecordType, field: Field, prefix: string | null) {
  const key = `${type.name}.${field.name}`
  const made = store.reads.get(key) ?? fieldRead(store.registry, type, field, prefix)
  store.reads.set(key, made)
  return made
}

function outputField(store: TypeStore, type: RecordType, field: Field, prefix: string | null): OutputField {
  const read = readerOf(store, type, field, prefix)
  if (field.kind === 'column') {
    const { column } = field
    return {
      name: field.name,
      description: column.description ?? STANDARD_DESCRIPTIONS[field.name] ?? `${type.name}'s ${words(field.name)}.`,
      type: typeOfColumn(type, column),
      list: column.isList ? 'of non-null' : 'no',
      isNullable: !column.isRequired,
      read,
    }
  }
  if (field.kind === 'one') {
    const description = field.relation.description ?? STANDARD_DESCRIPTIONS[field.name] ?? `${type.name}'s ${words(field.name)}.`
    // Null where the record is hidden from the caller, so a required relation is nullable too.
    return { name: field.name, description, type: field.object, list: 'no', isNullable: true, read }
  }
  const { declaration } = field
  const described = { name: field.name, description: declaration.description, read }
  switch (declaration.kind) {
    case 'money':
      return { ...described, type: 'Money', list: 'no', isNullable: true }
    case 'items':
      defineItemType(store, resolveItem(store.registry.models, field.owner, declaration.item))
      return { ...described, type: declaration.item.name ?? declaration.item.model, list: 'of non-null', isNullable: false }
    case 'many': {
      const object = objectNamed(store.registry, declaration.object)
      defineConnection(store, object, type.name, field.name, declaration)
      return { ...described, type: connectionTypeName(type.name, field.name, declaration), list: 'no', isNullable: false, args: listArgs(store, object, false) }
    }
    case 'reference':
      return { ...described, type: declaration.to, list: 'no', isNullable: true }
    case 'references':
      return { ...described, type: declaration.to, list: 'of non-null', isNullable: false }
    case 'list':
      return { ...described, type: declaration.object, list: declaration.isSingle ? 'no' : 'of non-null', isNullable: declaration.isSingle === true }
    case 'computed':
      return { ...described, type: declaration.type, list: 'no', isNullable: declaration.isRequired !== true }
    case 'custom':
      return { ...described, type: declaration.type, list: declaration.isList ? 'of non-null' : 'no', isNullable: declaration.isNullable === true }
    case 'group':
      defineGroup(store, declaration, type, field.owner)
      return { ...described, type: declaration.name, list: 'no', isNullable: false }
    case 'source': {
      const args = Object.fromEntries(Object.entries(declaration.args).map(([name, arg]) => [name, { ...arg }]))
      defineConnection(store, objectNamed(store.registry, declaration.object), type.name, field.name, null)
      return { ...described, type: `${declaration.object}Connection`, list: 'no', isNullable: false, args: { ...args, ...connectionArgs() } }
    }
  }
}

/** The GraphQL type of a concrete object, or the interface and kinds of an abstract one. */
export function defineObjectType(store: TypeStore, object: ObjectType): void {
  if (object.discriminator && object.variants.size > 0) return defineAbstract(store, object)
  const ref = store.builder.objectRef<Answer>(object.name)
  store.outputs.set(object.name, ref)
  ref.implement({ description: object.description, interfaces: () => interfacesOf(store, object.name), fields: (t) => outputFields(store, t, fieldsOf(store, object, object.prefix)) })
}

function defineAbstract(store: TypeStore, object: ObjectType): void {
  const ref = store.builder.interfaceRef<Answer>(object.name)
  store.outputs.set(object.name, ref)
  const isNode = [...object.variants.values()].every((variant) => !variant.object)
  const shared = () => fieldsOf(store, object, object.prefix)
  ref.implement({
    description: object.description,
    resolveType: (answer) => String(Reflect.get(answer, TYPE_NAME)),
    interfaces: () => (isNode ? nodeInterface(store) : []),
    fields: (t) => outputFields(store, t, shared()),
  })
  for (const variant of object.variants.values()) if (!variant.object) defineVariant(store, object, variant)
}

function defineVariant(store: TypeStore, object: ObjectType, variant: Variant): void {
  const ref = store.builder.objectRef<Answer>(variant.name)
  store.outputs.set(variant.name, ref)
  ref.implement({
    description: variant.description,
    interfaces: () => interfacesOf(store, object.name),
    fields: (t) => outputFields(store, t, [...fieldsOf(store, object, object.prefix), ...detailFields(variant)]),
  })
}

function detailFields(variant: Variant): OutputField[] {
  const { detail } = variant
  if (!detail) return []
  return [...detail.fields.values()].flatMap((field) =>
    field.kind === 'column'
      ? [
          {
            name: field.name,
            description: field.column.description ?? `${variant.name}'s ${words(field.name)}.`,
            type: columnType(field.column),
            list: 'no' as const,
            isNullable: true,
            read: readDetail(detail, field.column),
          },
        ]
      : [],
  )
}

/** Relay's Node, as a list of interfaces. */
export function nodeInterface(store: TypeStore) {
  const node = store.outputs.get('Node')
  return node?.kind === 'Interface' ? [node] : []
}

/** Interfaces of an object's type: Node, its own abstract type, and those it is a kind of. */
function interfacesOf(store: TypeStore, name: string) {
  const own = store.outputs.get(name)
  const abstract = [...store.registry.objects.values()].filter((object) => [...object.variants.values()].some((variant) => variant.object === name))
  const declared = [...store.registry.interfaces.values()].filter((each) => each.objects.includes(name))
  const refs = [...abstract, ...declared].map((each) => store.outputs.get(each.name))
  const node = store.registry.objects.get(name)?.isNode ? nodeInterface(store) : []
  return [...node, ...[own, ...refs].flatMap((ref) => (ref?.kind === 'Interface' ? [ref] : []))]
}

/** The type of a part of a record. */
export function defineItemType(store: TypeStore, item: RecordType): void {
  if (store.outputs.has(item.name)) return
  const ref = store.builder.objectRef<Answer>(item.name)
  store.outputs.set(item.name, ref)
  ref.implement({ description: item.description, fields: (t) => outputFields(store, t, fieldsOf(store, item, null)) })
}

function defineGroup(store: TypeStore, declaration: GroupField, type: RecordType, owner: string): void {
  if (store.outputs.has(declaration.name)) return
  const fields = Object.entries(declaration.fields).map(([name, part]): [string, Field] => [name, { kind: 'declared', name, owner, declaration: part }])
  defineItemType(store, { name: declaration.name, description: declaration.description, model: type.model, fields: new Map(fields) })
}

/** Connection and edge types over an object. A field whose link has fields of its own gets types of its own. */
export function defineConnection(store: TypeStore, object: ObjectType, typeName: string, fieldName: string, declaration: ManyField | null): void {
  const name = declaration ? connectionTypeName(typeName, fieldName, declaration) : `${object.name}Connection`
  if (store.outputs.has(name)) return
  const edgeName = name.replace(/Connection$/, 'Edge')
  const connection = store.builder.objectRef<Answer>(name)
  const edge = store.builder.objectRef<Answer>(edgeName)
  store.outputs.set(name, connection)
  store.outputs.set(edgeName, edge)
  const link = declaration?.link ? resolveItem(store.registry.models, object.owner, declaration.link.item) : null
  const edgeFields = link ? fieldsOf(store, link, null).filter((field) => declaration?.link && field.name !== declaration.link.to && field.name !== declaration.link.by) : []
  edge.implement({
    description: `${object.name} and its place in a list.`,
    fields: (t) =>
      outputFields(store, t, [
        { name: 'cursor', description: 'Position of this edge, for `after` and `before`.', type: 'String', list: 'no', isNullable: false },
        { name: 'node', description: `The ${object.name}.`, type: object.name, list: 'no', isNullable: false },
        ...edgeFields,
      ]),
  })
  connection.implement({
    description: `A page of a list of ${object.name}.`,
    fields: (t) =>
      outputFields(store, t, [
        { name: 'edges', description: 'The records of the page with their cursors.', type: edgeName, list: 'of non-null', isNullable: false },
        { name: 'nodes', description: 'The records of the page.', type: object.name, list: 'of non-null', isNullable: false },
        { name: 'pageInfo', description: 'Whether more pages follow, and from where.', type: 'PageInfo', list: 'no', isNullable: false },
        { name: 'totalCount', description: 'Records of the whole list that the caller may see; counted only when asked for.', type: 'Int', list: 'no', isNullable: false },
      ]),
  })
}

const STANDARD_DESCRIPTIONS: Readonly<Record<string, string>> = {
  id: 'Globally unique id: the type and a time-ordered uuid.',
  version: 'Counts the writes to the record; updates name the version they were made from.',
  createdAt: 'When the record was made.',
  updatedAt: 'When the record was last written.',
  deletedAt: 'When the record was put away; null while it is in use.',
  createdBy: 'Who made the record.',
  updatedBy: 'Who wrote the record last.',
}

/** `firstName` as `first name`. */
function words(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
