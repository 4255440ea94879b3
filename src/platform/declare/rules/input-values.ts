import type { EnumTypes } from '../../../../generated/models.ts'
import type { OperationInputType } from './operation-input.ts'
import type { Values } from './values.ts'

/** What a declared input field or argument says of its value. */
interface DeclaredInput {
  readonly type: string | OperationInputType
  readonly isList?: true
  readonly isRequired?: true
}

/** Values of GraphQL scalars as code gets them. An id is the client's: `records` takes it as it is. */
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

/** A value of a type: a scalar, an enum of the models, an input type of its own, or an input of the API such as `CreateCartInput`. */
type NamedValue<Type> = Type extends keyof ScalarValues
  ? ScalarValues[Type]
  : Type extends keyof EnumTypes
    ? EnumTypes[Type]
    : Type extends OperationInputType
      ? InputValues<Type['fields']>
      : Type extends `${string}Input`
        ? Values
        : unknown

type InputValue<Field extends DeclaredInput> = Field extends { readonly isList: true }
  ? readonly NamedValue<Field['type']>[]
  : NamedValue<Field['type']>

/** What code gets for declared input fields or arguments: GraphQL has checked them. What is not required may be left out or null. */
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
