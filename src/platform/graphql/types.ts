import type { EnumRef, InputObjectRef, InterfaceRef, ObjectRef, ScalarRef, UnionRef } from '@pothos/core'
import type { Column } from '../data/models/models.ts'
import type { FieldCost } from '../declare/field-cost.ts'
import type { FieldRead } from '../declare/objects/field-read.ts'
import type { Guard } from '../permissions/guard.ts'
import type { Answer, FieldRun } from '../reads/reading.ts'
import { CompositionError } from '../registry/composition-error.ts'
import { CORE } from '../registry/declaring-plugins.ts'
import { nearest } from '../registry/nearest.ts'
import type { Field, RecordType, Registry } from '../registry/object-type.ts'
import type { Builder, SchemaTypes } from './builder.ts'
import { checkEnumValue } from './check/valid-schema.ts'
import { type Claims, claimType, ownedBy } from './name-claims.ts'
import { isScalarName, SCALAR_NAMES, type ScalarName } from './scalar-names.ts'

export type OutputTypeRef =
  | ObjectRef<SchemaTypes, Answer>
  | InterfaceRef<SchemaTypes, Answer>
  | UnionRef<SchemaTypes, Answer>
  | EnumRef<SchemaTypes, unknown>
  | ScalarRef<SchemaTypes, unknown, unknown>

export type InputTypeRef =
  | InputObjectRef<SchemaTypes, unknown>
  | EnumRef<SchemaTypes, unknown>
  | ScalarRef<SchemaTypes, unknown, unknown>

/** An output field, as this folder describes it before the Pothos builder creates it. */
export interface OutputField {
  readonly name: string
  readonly description: string
  readonly type: string
  /** Whether the field is a list, and whether its elements may be null. */
  readonly list: 'no' | 'of non-null' | 'of nullable'
  readonly isNullable: boolean
  readonly args?: Readonly<Record<string, InputField>>
  /** What the field requires of the caller. */
  readonly guard: Guard
  /** Compiles the field to SQL. */
  readonly read?: FieldRead
  /** Computes the value of a root field that the code of a plugin returns. */
  readonly run?: FieldRun
  /** Plugin that declares the field; core when absent. */
  readonly pluginId?: string
  /** Why the field will be removed, and what to use instead. */
  readonly deprecated?: string | undefined
  /** Cost of selecting the field. When absent, the type decides: 1 point for records and items, 0 for other values. */
  readonly cost?: FieldCost
}

/** An input field or argument, as this folder describes it before the Pothos builder creates it. */
export interface InputField {
  readonly description: string
  readonly type: string
  readonly isList?: boolean
  readonly isRequired?: boolean
  readonly defaultValue?: unknown
  /** Points that the argument costs when a client passes it and it is not null. Default: 0. */
  readonly cost?: number
  /** Plugin that declares the field; core when absent. */
  readonly pluginId?: string
  /** Why the field will be removed, and what to use instead. */
  readonly deprecated?: string | undefined
}

/** What one schema is built from: the builder, the registry, and the types that are defined so far, by name. */
export interface TypeStore {
  readonly builder: Builder
  readonly registry: Registry
  readonly claims: Claims
  readonly outputs: Map<string, OutputTypeRef>
  readonly inputs: Map<string, InputTypeRef>
  /** How each field is compiled to SQL, by `Type.field`. Variants share the entries of their abstract object. */
  readonly reads: Map<string, FieldRead>
}

/** Returns the GraphQL type of a field that publishes a column: its scalar, or that of `typeOfColumn`. */
export function typeOfColumnField(type: RecordType, { column, options }: ColumnField): string {
  return options.scalar ?? typeOfColumn(type, column)
}

type ColumnField = Pick<Extract<Field, { kind: 'column' }>, 'column' | 'options'>

/**
 * Returns the GraphQL type of a record's column. A discriminator (the column that says which variant a record is)
 * without an enum in the model has an enum of the schema, such as `InteractionKind`.
 */
export function typeOfColumn(type: RecordType, column: Column): string {
  const isDiscriminator = 'discriminator' in type && type.discriminator === column && !column.enumName
  return isDiscriminator ? `${type.name}Kind` : columnType(column)
}

/** Returns the GraphQL type of a column's value. */
export function columnType(column: Pick<Column, 'type' | 'enumName'>): string {
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
 * @param place what has the type, for the message, such as `courses: the field seats`
 */
export function outputType(store: TypeStore, name: string, place: string): OutputTypeRef | ScalarName {
  if (isScalarName(name)) return name
  const type = store.outputs.get(name) ?? enumType(store, name)
  if (type) return type
  throw new CompositionError(
    store.inputs.has(name)
      ? `${place} has the type ${name}, which is a type of inputs. Name an output type.`
      : `${place} has the type ${name}, which the schema does not have. ${correction(name, store.outputs)}`,
  )
}

/**
 * Returns the reference of an input type, or the name of a scalar. Throws CompositionError if there is no such type.
 * @param place what has the type, for the message, such as `courses: the argument from`
 */
export function inputType(store: TypeStore, name: string, place: string): InputTypeRef | ScalarName {
  if (isScalarName(name)) return name
  const type = store.inputs.get(name) ?? enumType(store, name)
  if (type) return type
  throw new CompositionError(
    store.outputs.has(name)
      ? `${place} has the type ${name}, which is not a type of inputs. Name a scalar, an enum or an input type.`
      : `${place} has the type ${name}, which the schema does not have. ${correction(name, store.inputs)}`,
  )
}

function correction(name: string, types: ReadonlyMap<string, unknown>): string {
  const suggestion = nearest(name, [...SCALAR_NAMES, ...types.keys()])
  return suggestion === null ? 'Correct the name.' : `Did you mean ${suggestion}?`
}

/** Returns the enum of the models with this name, and defines it at the first call; undefined if there is none. */
function enumType(store: TypeStore, name: string): EnumRef<SchemaTypes, unknown> | undefined {
  const model = store.registry.models.enums.get(name)
  if (!model) return undefined
  return defineEnum(store, name, model.description ?? '', model.values, model.pluginId)
}

/** Defines an enum. Throws CompositionError if it has no value or another plugin owns the name. */
export function defineEnum(
  store: TypeStore,
  name: string,
  description: string,
  values: readonly { readonly name: string; readonly description: string | null; readonly pluginId?: string }[],
  pluginId: string = CORE,
): EnumRef<SchemaTypes, unknown> {
  if (values.length === 0)
    throw new CompositionError(
      `${pluginId}: the enum ${name} has no value, and GraphQL requires one at least. Add one.`,
    )
  for (const value of values) checkEnumValue(value.pluginId ?? pluginId, name, value.name)
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
  // The type has to be in the store before its fields are resolved, because a filter has fields of its own type.
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
                type: [inputType(store, declared.type, `${declared.pluginId ?? pluginId}: ${name}.${field}`)],
                required: declared.isRequired ?? false,
                description: declared.description,
                ...(declared.pluginId ? ownedBy(store.registry, declared.pluginId) : {}),
                ...(declared.defaultValue === undefined ? {} : { defaultValue: asList(declared.defaultValue) }),
              })
            : t.field({
                type: inputType(store, declared.type, `${declared.pluginId ?? pluginId}: ${name}.${field}`),
                required: declared.isRequired ?? false,
                description: declared.description,
                ...(declared.pluginId ? ownedBy(store.registry, declared.pluginId) : {}),
                ...(declared.defaultValue === undefined ? {} : { defaultValue: declared.defaultValue }),
              }),
        ]),
      ),
  })
}

/** Returns the default value of a list: as in GraphQL, a single value stands for a list of it. */
function asList(value: unknown): unknown[] | null {
  if (value === null) return null
  return Array.isArray(value) ? value : [value]
}
