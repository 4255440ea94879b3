import { connectionTypeName } from '../../reads/fields/many.ts'
import { fieldRead } from '../../reads/fields/read.ts'
import type { Answer } from '../builder.ts'
import type { GroupField, ManyField } from '../fields.ts'
import { type Field, type ObjectType, objectNamed, type RecordType } from '../registry.ts'
import { resolveItem } from '../resolve.ts'
import { connectionArgs, listArgs } from './arguments.ts'
import { outputFields } from './outputs.ts'
import { type OutputField, type TypeStore, typeOfColumn } from './types.ts'

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
    const description =
      field.relation.description ?? STANDARD_DESCRIPTIONS[field.name] ?? `${type.name}'s ${words(field.name)}.`
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
      return {
        ...described,
        type: declaration.item.name ?? declaration.item.model,
        list: 'of non-null',
        isNullable: false,
      }
    case 'many': {
      const object = objectNamed(store.registry, declaration.object)
      defineConnection(store, object, type.name, field.name, declaration)
      return {
        ...described,
        type: connectionTypeName(type.name, field.name, declaration),
        list: 'no',
        isNullable: false,
        args: listArgs(store, object, false),
      }
    }
    case 'reference':
      return { ...described, type: declaration.to, list: 'no', isNullable: true }
    case 'references':
      return { ...described, type: declaration.to, list: 'of non-null', isNullable: false }
    case 'list':
      return {
        ...described,
        type: declaration.object,
        list: declaration.isSingle ? 'no' : 'of non-null',
        isNullable: declaration.isSingle === true,
      }
    case 'computed':
      return { ...described, type: declaration.type, list: 'no', isNullable: declaration.isRequired !== true }
    case 'custom':
      return {
        ...described,
        type: declaration.type,
        list: declaration.isList ? 'of non-null' : 'no',
        isNullable: declaration.isNullable === true,
      }
    case 'group':
      defineGroup(store, declaration, type, field.owner)
      return { ...described, type: declaration.name, list: 'no', isNullable: false }
    case 'source': {
      const args = Object.fromEntries(Object.entries(declaration.args).map(([name, arg]) => [name, { ...arg }]))
      defineConnection(store, objectNamed(store.registry, declaration.object), type.name, field.name, null)
      return {
        ...described,
        type: `${declaration.object}Connection`,
        list: 'no',
        isNullable: false,
        args: { ...args, ...connectionArgs() },
      }
    }
  }
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
  const fields = Object.entries(declaration.fields).map(([name, part]): [string, Field] => [
    name,
    { kind: 'declared', name, owner, declaration: part },
  ])
  defineItemType(store, {
    name: declaration.name,
    description: declaration.description,
    model: type.model,
    fields: new Map(fields),
  })
}

/** Connection and edge types over an object. A field whose link has fields of its own gets types of its own. */
export function defineConnection(
  store: TypeStore,
  object: ObjectType,
  typeName: string,
  fieldName: string,
  declaration: ManyField | null,
): void {
  const name = declaration ? connectionTypeName(typeName, fieldName, declaration) : `${object.name}Connection`
  if (store.outputs.has(name)) return
  const edgeName = name.replace(/Connection$/, 'Edge')
  const connection = store.builder.objectRef<Answer>(name)
  const edge = store.builder.objectRef<Answer>(edgeName)
  store.outputs.set(name, connection)
  store.outputs.set(edgeName, edge)
  const link = declaration?.link ? resolveItem(store.registry.models, object.owner, declaration.link.item) : null
  const edgeFields = link
    ? fieldsOf(store, link, null).filter(
        (field) => declaration?.link && field.name !== declaration.link.to && field.name !== declaration.link.by,
      )
    : []
  edge.implement({
    description: `${object.name} and its place in a list.`,
    fields: (t) =>
      outputFields(store, t, [
        {
          name: 'cursor',
          description: 'Position of this edge, for `after` and `before`.',
          type: 'String',
          list: 'no',
          isNullable: false,
        },
        { name: 'node', description: `The ${object.name}.`, type: object.name, list: 'no', isNullable: false },
        ...edgeFields,
      ]),
  })
  connection.implement({
    description: `A page of a list of ${object.name}.`,
    fields: (t) =>
      outputFields(store, t, [
        {
          name: 'edges',
          description: 'The records of the page with their cursors.',
          type: edgeName,
          list: 'of non-null',
          isNullable: false,
        },
        {
          name: 'nodes',
          description: 'The records of the page.',
          type: object.name,
          list: 'of non-null',
          isNullable: false,
        },
        {
          name: 'pageInfo',
          description: 'Whether more pages follow, and from where.',
          type: 'PageInfo',
          list: 'no',
          isNullable: false,
        },
        {
          name: 'totalCount',
          description: 'Records of the whole list that the caller may see; counted only when asked for.',
          type: 'Int',
          list: 'no',
          isNullable: false,
        },
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
export function words(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
