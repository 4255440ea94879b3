import type { ZodType } from 'zod'
import type { EnumTypes } from '../../../../generated/models.ts'
import type { OperationInputType } from './operation-input.ts'
import type { Values } from './values.ts'

/** The properties of a declared input field or argument that decide the type of its value. */
interface DeclaredInput {
  readonly type: string | OperationInputType
  readonly isList?: true
  readonly isRequired?: true
  readonly schema?: ZodType
}

/** Types of GraphQL scalars in code. An `ID` is the record id that the client sent; `records` accepts it unchanged. */
interface ScalarValues {
  ID: string
  String: string
  Int: number
  Float: number
  Boolean: boolean
  DateTime: Date
  /** `2026-01-31` */
  Date: string
  /** `1234.50` */
  Decimal: string
  CurrencyCode: string
  JSON: unknown
}

/**
 * Type of a value: a scalar, an enum of the models, an input type that the operation declares, or an input type of the
 * API such as `CreateCartInput` (its values have the type `Values`).
 */
export type NamedValue<Type> = Type extends keyof ScalarValues
  ? ScalarValues[Type]
  : Type extends keyof EnumTypes
    ? EnumTypes[Type]
    : Type extends OperationInputType
      ? Type['isOneOf'] extends true
        ? OneOfValues<Type['fields']>
        : InputValues<Type['fields']>
      : Type extends `${string}Input`
        ? Values
        : unknown

type InputValue<Field extends DeclaredInput> = Field extends { readonly schema: ZodType<infer Value> }
  ? Value
  : Field extends { readonly isList: true }
    ? readonly NamedValue<Field['type']>[]
    : NamedValue<Field['type']>

/**
 * Type of the values of declared input fields or arguments, which GraphQL has already checked. The value of a field with
 * a schema has the type that the schema returns. Fields and arguments that are not required may be absent or null.
 */
export type InputValues<Fields extends Readonly<Record<string, DeclaredInput>>> = {
  readonly [Name in keyof Fields as Fields[Name] extends { readonly isRequired: true } ? Name : never]: InputValue<
    Fields[Name]
  >
} & {
  readonly [Name in keyof Fields as Fields[Name] extends { readonly isRequired: true } ? never : Name]?:
    | InputValue<Fields[Name]>
    | null
    | undefined
}

/** Type of the value of an input type with `isOneOf`: an object with one of the fields. */
type OneOfValues<Fields extends Readonly<Record<string, DeclaredInput>>> = {
  readonly [Name in keyof Fields]: { readonly [Sent in Name]: InputValue<Fields[Name]> } & {
    readonly [Other in Exclude<keyof Fields, Name>]?: never
  }
}[keyof Fields]
