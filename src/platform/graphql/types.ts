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
/** An output field before it is given to the builder. */
export interface OutputField {
  readonly name: string
  readonly description: string
  readonly type: string
  readonly list: 'no' | 'of non-null' | 'of nullable'
  readonly isNullable: boolean
  readonly args?: Readonly<Record<string, InputField>>
  /** What it asks of the caller: nothing is published without. */
  readonly guard: Guard
  readonly read?: FieldRead
  readonly run?: FieldRun
  /** Plugin that adds it. */
  readonly pluginId?: string
  /** Why it goes and what to use instead. */
  readonly deprecated?: string | undefined
  /** Where it is not what its type costs: 1 for records and parts, 0 for other values. */
  readonly cost?: FieldCost
}

/** An input field or argument before it is given to the builder. */
export interface InputField {
  readonly description: string
  readonly type: string
  readonly isList?: boolean
  readonly isRequired?: boolean
  readonly defaultValue?: unknown
  /** Points that an argument costs where it is given; none when absent. */
  readonly cost?: number
  /** Plugin that adds it. */
  readonly pluginId?: string
  /** Why it goes and what to use instead. */
  readonly deprecated?: string | undefined
}

/** Types made so far, by name. Each GraphQL name is made once; asking for it again answers the same reference. */
export interface TypeStore {
  readonly builder: Builder
  readonly registry: Registry
  readonly claims: Claims
  readonly outputs: Map<string, OutputTypeRef>
  readonly inputs: Map<string, InputObjectRef<SchemaTypes, unknown> | EnumRef<SchemaTypes, unknown>>
  /** Readers by `Type.field`, so that the kinds of an abstract object share them. */
  readonly reads: Map<string, FieldRead>
}

/** GraphQL type of a record's column: the kind of an abstract record is an enum of its own. */
export function typeOfColumn(type: RecordType, column: Column): string {
  const isKind = 'discriminator' in type && type.discriminator === column && !column.enumName
  return isKind ? `${type.name}Kind` : columnType(column)
}

/** GraphQL type of a column's value. */
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

/** Reference or scalar name of an output type. Throws CompositionError for a name that nobody makes. */
export function outputType(store: TypeStore, name: string): OutputTypeRef | ScalarName {
  if (isScalarName(name)) return name
  const made = store.outputs.get(name) ?? enumType(store, name)
  if (!made) throw new CompositionError(`No type ${name} in the schema.`)
  return made
}

export function inputType(
  store: TypeStore,
  name: string,
): InputObjectRef<SchemaTypes, unknown> | EnumRef<SchemaTypes, unknown> | ScalarName {
  if (isScalarName(name)) return name
  const made = store.inputs.get(name) ?? enumType(store, name)
  if (!made) throw new CompositionError(`No input type ${name} in the schema.`)
  return made
}

/** Enum of the models, made when it is first used. */
function enumType(store: TypeStore, name: string): EnumRef<SchemaTypes, unknown> | undefined {
  const model = store.registry.models.enums.get(name)
  if (!model) return undefined
  return defineEnum(store, name, model.description ?? '', model.values, model.pluginId)
}

export function defineEnum(
  store: TypeStore,
  name: string,
  description: string,
  values: readonly { readonly name: string; readonly description: string | null; readonly pluginId?: string }[],
  pluginId: string = CORE,
): EnumRef<SchemaTypes, unknown> {
  if (values.length === 0) throw new CompositionError(`${pluginId}: the enum ${name} has no value.`)
  claimType(store.claims, name, pluginId, store.claims.holders.get(name)?.declaration ?? null)
  const made = store.builder.enumType(name, {
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
  store.outputs.set(name, made)
  store.inputs.set(name, made)
  return made
}

/** Makes an input object; its fields are resolved only when the schema is built, so that types may refer to each other. */
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
  // Known before its fields are: a filter holds filters of its own type.
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
