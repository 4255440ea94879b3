import type { EnumRef, InputObjectRef, InterfaceRef, ObjectRef, UnionRef } from '@pothos/core'
import type { Column } from '../data/models/models.ts'
import type { FieldCost } from '../declare/field-cost.ts'
import type { FieldRead } from '../declare/objects/field-read.ts'
import type { Guard } from '../permissions/guard.ts'
import type { Answer, FieldRun } from '../reads/reading.ts'
import { CompositionError } from '../registry/composition-error.ts'
import { CORE } from '../registry/declaring-plugins.ts'
import type { RecordType, Registry } from '../registry/object-type.ts'
import type { Builder, SchemaTypes } from './builder.ts'
import { type Claims, claimType, ownedBy } from './name-claims.ts'
import { isScalarName, type ScalarName } from './scalar-names.ts'

export type OutputTypeRef =
  | ObjectRef<SchemaTypes, Answer>
  | InterfaceRef<SchemaTypes, Answer>
  | UnionRef<SchemaTypes, Answer>
  | EnumRef<SchemaTypes, unknown>

/** An output field, before the builder gets it. */
export interface OutputField {
  readonly name: string
  readonly description: string
  readonly type: string
  readonly list: 'no' | 'of non-null' | 'of nullable'
  readonly isNullable: boolean
  readonly args?: Readonly<Record<string, InputField>>
  /** What the field requires of the caller. */
  readonly guard: Guard
  readonly read?: FieldRead
  readonly run?: FieldRun
  /** Plugin that adds it. */
  readonly pluginId?: string
  /** Why it will be removed and what to use instead. */
  readonly deprecated?: string | undefined
  /** Only when it is not the cost of the type: 1 for records and items, 0 for other values. */
  readonly cost?: FieldCost
}

/** An input field or argument, before the builder gets it. */
export interface InputField {
  readonly description: string
  readonly type: string
  readonly isList?: boolean
  readonly isRequired?: boolean
  readonly defaultValue?: unknown
  /** Points that an argument costs when it is not null; 0 when absent. */
  readonly cost?: number
  /** Plugin that adds it. */
  readonly pluginId?: string
  /** Why it will be removed and what to use instead. */
  readonly deprecated?: string | undefined
}

/** The types that are defined so far, by name. Each is defined once. */
export interface TypeStore {
  readonly builder: Builder
  readonly registry: Registry
  readonly claims: Claims
  readonly outputs: Map<string, OutputTypeRef>
  readonly inputs: Map<string, InputObjectRef<SchemaTypes, unknown> | EnumRef<SchemaTypes, unknown>>
  /** How fields are read, by `Type.field`: the variants of an abstract object share it. */
  readonly reads: Map<string, FieldRead>
}

/** Returns the GraphQL type of a record's column. The discriminator of an abstract object has an enum of its own. */
export function typeOfColumn(type: RecordType, column: Column): string {
  const isDiscriminator = 'discriminator' in type && type.discriminator === column && !column.enumName
  return isDiscriminator ? `${type.name}Kind` : columnType(column)
}

/** Returns the GraphQL type of a column's value. */
export function columnType(column: Column): string {
  if (column.enumName) return column.enumName
  switch (column.type) {
    case 'uuid':
      return 'ID'
    case 'int':
      return 'Int'
    case 'float':
      return 'Float'
    case 'boolean':
      return 'Boolean'
    case 'decimal':
      return 'Decimal'
    case 'timestamp':
      return 'DateTime'
    case 'date':
      return 'Date'
    case 'json':
      return 'JSON'
    default:
      return 'String'
  }
}

/**
 * Returns the reference of an output type, or the name of a scalar. Throws CompositionError if there is no such type.
 */
export function outputType(store: TypeStore, name: string): OutputTypeRef | ScalarName {
  if (isScalarName(name)) return name
  const type = store.outputs.get(name) ?? enumType(store, name)
  if (!type) throw new CompositionError(`The schema has no type ${name}.`)
  return type
}

/**
 * Returns the reference of an input type, or the name of a scalar. Throws CompositionError if there is no such type.
 */
export function inputType(
  store: TypeStore,
  name: string,
): InputObjectRef<SchemaTypes, unknown> | EnumRef<SchemaTypes, unknown> | ScalarName {
  if (isScalarName(name)) return name
  const type = store.inputs.get(name) ?? enumType(store, name)
  if (!type) throw new CompositionError(`The schema has no input type ${name}.`)
  return type
}

/** Returns an enum of the models, and defines it when it is first used; undefined if no model has it. */
function enumType(store: TypeStore, name: string): EnumRef<SchemaTypes, unknown> | undefined {
  const model = store.registry.models.enums.get(name)
  if (!model) return undefined
  return defineEnum(store, name, model.description ?? '', model.values, model.pluginId)
}

/** Defines an enum. Throws CompositionError if it has no value or another plugin has the name. */
export function defineEnum(
  store: TypeStore,
  name: string,
  description: string,
  values: readonly { readonly name: string; readonly description: string | null; readonly pluginId?: string }[],
  pluginId: string = CORE,
): EnumRef<SchemaTypes, unknown> {
  if (values.length === 0) throw new CompositionError(`${pluginId}: the enum ${name} has no value.`)
  claimType(store.claims, name, pluginId, store.claims.holders.get(name)?.declaration ?? null)
  const ref = store.builder.enumType(name, {
    ...ownedBy(store.registry, pluginId),
    ...(description ? { description } : {}),
    values: Object.fromEntries(
      values.map((value) => [
        value.name,
        {
          value: value.name,
          ...(value.description ? { description: value.description } : {}),
          ...(value.pluginId ? ownedBy(store.registry, value.pluginId) : {}),
        },
      ]),
    ),
  })
  store.outputs.set(name, ref)
  store.inputs.set(name, ref)
  return ref
}

/**
 * Defines an input object, unless it is defined already. Its fields are resolved when the schema is built, so that
 * types may refer to each other.
 */
export function defineInput(
  store: TypeStore,
  name: string,
  description: string,
  fields: () => Readonly<Record<string, InputField>>,
  options: { readonly isOneOf?: true; readonly pluginId?: string } = {},
): void {
  const pluginId = options.pluginId ?? CORE
  claimType(store.claims, name, pluginId, store.claims.holders.get(name)?.declaration ?? null)
  if (store.inputs.has(name)) return
  const ref = store.builder.inputRef<object>(name)
  // Set before its fields are resolved: a filter has fields of its own type.
  store.inputs.set(name, ref)
  ref.implement({
    description,
    ...ownedBy(store.registry, pluginId),
    ...(options.isOneOf ? { isOneOf: true } : {}),
    fields: (t) =>
      Object.fromEntries(
        Object.entries(fields()).map(([field, declared]) => [
          field,
          declared.isList
            ? t.field({
                type: [inputType(store, declared.type)],
                required: declared.isRequired ?? false,
                description: declared.description,
                ...(declared.pluginId ? ownedBy(store.registry, declared.pluginId) : {}),
              })
            : t.field({
                type: inputType(store, declared.type),
                required: declared.isRequired ?? false,
                description: declared.description,
                ...(declared.pluginId ? ownedBy(store.registry, declared.pluginId) : {}),
                ...(declared.defaultValue === undefined ? {} : { defaultValue: declared.defaultValue }),
              }),
        ]),
      ),
  })
}
