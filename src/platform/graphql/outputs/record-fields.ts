import type { FieldDeclaration, GroupField } from '../../declare/objects/fields.ts'
import type { ItemDeclaration } from '../../declare/objects/item.ts'
import type { ManyField } from '../../declare/objects/relation-fields.ts'
import { GUARDED_BY_PARENT, type Guard, isReadableWithRecord, READABLE_WITH_RECORD } from '../../permissions/guard.ts'
import { fieldRead } from '../../reads/fields/choose-reader.ts'
import { connectionTypeName } from '../../reads/fields/many-fields.ts'
import type { Answer } from '../../reads/reading.ts'
import type { Field, ObjectType, RecordType } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import { resolveItem } from '../../registry/resolve-object.ts'
import { checkColumnScalar } from '../../registry/scalars.ts'
import { STANDARD_DESCRIPTIONS, words } from '../descriptions.ts'
import { declaredArgs } from '../inputs/declared-arguments.ts'
import { connectionArgs, listArgs } from '../inputs/list-arguments.ts'
import { claimType, ownedBy } from '../name-claims.ts'
import { type OutputField, type TypeStore, typeOfColumnField } from '../types.ts'
import { implementConnection } from './connection-types.ts'
import { outputFields } from './output-fields.ts'
import { defineRow, isComputedNullable } from './row-types.ts'

/**
 * Returns the output fields of a record type.
 * @param prefix prefix of the record ids; null for a type whose records have no ids
 */
export function fieldsOf(store: TypeStore, type: RecordType, prefix: string | null): OutputField[] {
  return [...type.fields.values()].map((field) => outputField(store, type, field, prefix))
}

function readerOf(store: TypeStore, type: RecordType, field: Field, prefix: string | null) {
  const key = `${type.name}.${field.name}`
  const read = store.reads.get(key) ?? fieldRead(store.registry, type, field, prefix)
  store.reads.set(key, read)
  return read
}

/**
 * Returns the guard of a field: what the field requires of the caller. A field of an object requires a permission of
 * its own. For a field of an item, the guard of the object's field with the items applies.
 */
export function guardOf(type: RecordType, field: Pick<Field, 'name' | 'isSensitive'>): Guard {
  if (!('singular' in type)) return GUARDED_BY_PARENT
  if (isReadableWithRecord(field.name)) return READABLE_WITH_RECORD
  const { name: typeName, singular } = type
  const { name, isSensitive } = field
  return { kind: 'field', object: String(singular), coordinate: `${typeName}.${name}`, field: name, isSensitive }
}

function outputField(store: TypeStore, type: RecordType, field: Field, prefix: string | null): OutputField {
  const read = readerOf(store, type, field, prefix)
  const guard = guardOf(type, field)
  const { pluginId } = field
  checkColumnScalar(store.registry, type, field)
  if (field.kind === 'column') {
    const { column } = field
    return {
      name: field.name,
      description: column.description ?? STANDARD_DESCRIPTIONS[field.name] ?? `${type.name}'s ${words(field.name)}.`,
      type: typeOfColumnField(type, field),
      list: column.isList ? 'of non-null' : 'no',
      isNullable: !column.isRequired,
      pluginId,
      deprecated: field.options.deprecated,
      guard,
      read,
    }
  }
  if (field.kind === 'one') {
    const description =
      field.relation.description ?? STANDARD_DESCRIPTIONS[field.name] ?? `${type.name}'s ${words(field.name)}.`
    // Null when the other record is not visible to the caller, so a required relation is nullable too.
    const { name, object, deprecated } = field
    return { name, description, type: object, list: 'no', isNullable: true, pluginId, deprecated, guard, read }
  }
  const { declaration } = field
  const { description, deprecated } = declaration
  const described = { name: field.name, description, deprecated, pluginId, guard, ...costOf(declaration), read }
  switch (declaration.kind) {
    case 'money':
      return {
        ...described,
        type: 'Money',
        list: 'no',
        isNullable: !type.model.columns.get(declaration.amount)?.isRequired,
      }
    case 'items':
      defineItem(store, pluginId, declaration.item)
      return {
        ...described,
        type: declaration.item.name ?? declaration.item.model,
        list: 'of non-null',
        isNullable: false,
      }
    case 'many': {
      const object = objectNamed(store.registry, declaration.object)
      defineConnection(store, object, type.name, field.name, declaration, pluginId)
      return {
        ...described,
        type: connectionTypeName(type.name, field.name, declaration),
        list: 'no',
        isNullable: false,
        args: listArgs(store, object, { isRoot: false, defaultOrder: declaration.defaultOrder }),
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
      return {
        ...described,
        type: declaration.type,
        list: 'no',
        isNullable: isComputedNullable(declaration),
        args: declaredArgs(store, pluginId, `${type.name}.${field.name}`, declaration.args),
      }
    case 'resolved':
      return { ...described, type: declaration.type, list: declaration.isList ? 'of non-null' : 'no', isNullable: true }
    case 'custom':
      return {
        ...described,
        type: declaration.type,
        list: declaration.isList ? 'of non-null' : 'no',
        isNullable: declaration.isNullable === true,
      }
    case 'group':
      defineGroup(store, declaration, type, field.pluginId)
      return { ...described, type: declaration.name, list: 'no', isNullable: false }
    case 'rows':
      defineRow(store, declaration.row, pluginId)
      return { ...described, type: declaration.row.name, list: 'of non-null', isNullable: false }
    case 'source': {
      const args = declaredArgs(store, pluginId, `${type.name}.${field.name}`, declaration.args)
      const object = objectNamed(store.registry, declaration.object)
      defineConnection(store, object, type.name, field.name, null, object.pluginId)
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

/**
 * Returns the cost of a declared field: 0 points when the value is part of the record's own row. Without a `cost`, the
 * cost of the field's type applies.
 */
function costOf(declaration: FieldDeclaration): Pick<OutputField, 'cost'> {
  if (declaration.kind === 'money' || declaration.kind === 'group') return { cost: { weight: 0 } }
  if (declaration.cost === undefined && declaration.kind === 'custom') return {}
  return { cost: { weight: declaration.cost ?? 1 } }
}

/** Defines the type of an item, a view or a group of computed fields. */
export function defineItemType(
  store: TypeStore,
  item: RecordType,
  pluginId: string,
  declaration: object | null = null,
): void {
  claimType(store.claims, item.name, pluginId, declaration)
  if (store.outputs.has(item.name)) return
  const ref = store.builder.objectRef<Answer>(item.name)
  store.outputs.set(item.name, ref)
  ref.implement({
    ...ownedBy(store.registry, pluginId),
    description: item.description,
    fields: (t) => outputFields(store, t, fieldsOf(store, item, null)),
  })
}

function defineGroup(store: TypeStore, declaration: GroupField, type: RecordType, pluginId: string): void {
  claimType(store.claims, declaration.name, pluginId, declaration)
  if (store.outputs.has(declaration.name)) return
  const fields = Object.entries(declaration.fields).map(([name, part]): [string, Field] => [
    name,
    { kind: 'declared', name, pluginId, isSensitive: part.sensitive === true, declaration: part },
  ])
  defineItemType(
    store,
    {
      name: declaration.name,
      description: declaration.description,
      model: type.model,
      fields: new Map(fields),
      groupedIn: type,
    },
    pluginId,
    declaration,
  )
}

function defineItem(store: TypeStore, pluginId: string, item: ItemDeclaration): void {
  const resolved = resolveItem(store.registry.models, pluginId, item)
  defineItemType(store, resolved, resolved.model.pluginId)
}

/**
 * Defines the connection and edge types of a list. All lists of an object share these types. The exception is a list
 * over a link table with published columns, such as `Account.contacts`: its edge type has these columns as fields.
 */
export function defineConnection(
  store: TypeStore,
  object: ObjectType,
  typeName: string,
  fieldName: string,
  declaration: ManyField | null,
  fieldOwner: string,
): void {
  const name = declaration ? connectionTypeName(typeName, fieldName, declaration) : `${object.name}Connection`
  const pluginId = name === `${object.name}Connection` ? object.pluginId : fieldOwner
  claimType(store.claims, name, pluginId)
  if (store.outputs.has(name)) return
  const edgeName = name.replace(/Connection$/, 'Edge')
  claimType(store.claims, edgeName, pluginId)
  const connection = store.builder.objectRef<Answer>(name)
  const edge = store.builder.objectRef<Answer>(edgeName)
  store.outputs.set(name, connection)
  store.outputs.set(edgeName, edge)
  const link = declaration?.link ? resolveItem(store.registry.models, fieldOwner, declaration.link.item) : null
  const edgeFields = link
    ? fieldsOf(store, link, null).filter(
        (field) => declaration?.link && field.name !== declaration.link.to && field.name !== declaration.link.by,
      )
    : []
  implementConnection(store, { object, pluginId, connection, edge, edgeName, edgeFields })
}
