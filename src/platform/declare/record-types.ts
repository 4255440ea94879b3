import type { DecimalJsLike } from '@prisma/client/runtime/client'
import type { ModelTypes } from '../../../generated/models.ts'

/*
 * Types of records and inputs. They follow from the model when the object has the name of its model. Objects with another
 * name, such as `User`, whose model is `Actor`, have the types of `RecordValues`.
 */

/**
 * Values of a record or an input by field name. An input has the fields of the GraphQL input. A record that `records`
 * returns has the model's columns by the model's field names, such as `ownerId`: ids are uuids, instants are Dates,
 * dates and decimals are texts (`2026-01-31`, `1234.5000`). Inputs and filters may also have what Prisma Client returns: a
 * Date at midnight UTC for a date, and its Decimal for a decimal.
 */
export type RecordValues = Readonly<Record<string, unknown>>

/** Column values of a record. They are typed when the object has the name of its model; otherwise `RecordValues`. */
export type ColumnsOf<Name extends string> = Name extends keyof ModelTypes
  ? Readonly<ModelTypes[Name]['columns']>
  : RecordValues

/**
 * A record as `records` returns it. Every column but `id` is optional: it is absent when the object does not publish it,
 * or when the caller may read it on no record. The id of another record is null when that record is not visible.
 */
export type RecordOf<Name extends string> = Name extends keyof ModelTypes
  ? { readonly id: string } & {
      readonly [Column in Exclude<keyof ModelTypes[Name]['columns'], 'id'>]?: Column extends KeyOfRelation<Name>
        ? ModelTypes[Name]['columns'][Column] | null
        : ModelTypes[Name]['columns'][Column]
    }
  : RecordValues

/** Columns that only the platform writes. */
type PlatformColumn =
  | 'workspaceId'
  | 'id'
  | 'version'
  | 'createdAt'
  | 'updatedAt'
  | 'createdById'
  | 'updatedById'
  | 'deletedAt'

/** Columns with the id of a related record. */
type KeyOfRelation<Name extends keyof ModelTypes> = `${keyof ModelTypes[Name]['relations'] & string}Id`

/** Columns that a plugin may write on its own objects. */
type WrittenColumn<Name extends keyof ModelTypes> = Exclude<
  keyof ModelTypes[Name]['columns'] & string,
  PlatformColumn | ModelTypes[Name]['generated']
>

/** Column values that a plugin writes on its own objects, by the model's field names. */
export type PatchOf<Name extends string> = Name extends keyof ModelTypes
  ? { readonly [Column in WrittenColumn<Name>]?: WrittenValue<Name, Column> | undefined }
  : RecordValues

/** Column values of a new record of a plugin's own object: those that are required and have no default, and any others. */
export type InsertOf<Name extends string> = Name extends keyof ModelTypes
  ? { readonly id?: string } & {
      readonly [Column in Exclude<WrittenColumn<Name>, ModelTypes[Name]['optional']>]: WrittenValue<Name, Column>
    } & Pick<PatchOf<Name>, keyof PatchOf<Name> & ModelTypes[Name]['optional']>
  : RecordValues

type Writable<Value> = Value extends readonly (infer Element)[] ? readonly Element[] : Value

/** What may be written to a column: its value as `records` returns it, or as Prisma Client returns it. */
type WrittenValue<Name extends keyof ModelTypes, Column extends keyof ModelTypes[Name]['columns']> =
  | Writable<ModelTypes[Name]['columns'][Column]>
  | PrismaValue<Name, Column>

/** What Prisma Client returns for a column whose value is a text elsewhere: a Date at midnight UTC, or a Decimal. */
type PrismaValue<Name extends keyof ModelTypes, Column> =
  | (Column extends ModelTypes[Name]['dates'] ? Date : never)
  | (Column extends ModelTypes[Name]['decimals'] ? DecimalJsLike : never)

/**
 * Input of a record, whose columns are typed. Other fields, such as items and amounts of money, are not known to the
 * model: `CheckedInput` checks them.
 */
export type InputOf<Name extends string> = Name extends keyof ModelTypes
  ? InputColumns<Name> & RecordValues
  : RecordValues

/** Fields of an input that are columns: `<relation>Id` too. */
type InputColumns<Name extends keyof ModelTypes> = {
  readonly [Column in InputColumn<Name>]?: InputValue<Name, Column> | undefined
}

type InputColumn<Name extends keyof ModelTypes> = Exclude<WrittenColumn<Name>, TypeOfReference<Name>>

/** Columns with the object name of a reference, such as `regardingType` beside `regardingId`. */
type TypeOfReference<Name extends keyof ModelTypes> = keyof ModelTypes[Name]['columns'] &
  (IdOfReference<Name> extends `${infer Field}Id` ? `${Field}Type` : never)

/** Columns with the id of a record of any object, such as `regardingId`. */
type IdOfReference<Name extends keyof ModelTypes> = keyof ModelTypes[Name]['columns'] & string extends infer Column
  ? Column extends `${infer Field}Type`
    ? Extract<`${Field}Id`, keyof ModelTypes[Name]['columns']>
    : never
  : never

/** A value of an input: instants may also be texts, and the id of a record of any object a `RecordReference`. */
type InputValue<Name extends keyof ModelTypes, Column extends string & keyof ModelTypes[Name]['columns']> =
  | WrittenValue<Name, Column>
  | (Date extends ModelTypes[Name]['columns'][Column] ? string : never)
  | (Column extends IdOfReference<Name> ? RecordReference : never)

/** A record of any object in an input: `{ type: 'Account', id }`. */
interface RecordReference {
  /** Name of the object. */
  readonly type: string
  /** uuid of the record. */
  readonly id: string
}

/**
 * Checks the fields of an input that are no columns. They hold other records: lists of items, whose columns have to be
 * columns of a model that refers to the object, lists of ids, or an object such as an amount of money.
 */
export type CheckedInput<Name extends string, Input, Others extends string = never> = Name extends keyof ModelTypes
  ? {
      readonly [Field in keyof Input]: string extends Field
        ? unknown
        : Field extends InputColumn<Name> | Others
          ? unknown
          : Input[Field] extends readonly unknown[] | null | undefined
            ? CheckedItems<Name, Input[Field]>
            : Input[Field] extends object
              ? unknown
              : Mistake<`${Name} has no column ${Field & string}.`>
    }
  : unknown

/** Checks the input of a variant of an abstract object, which has columns of the variant's own model too. */
export type CheckedVariant<Name extends string, Input> = CheckedInput<
  Name,
  Input,
  Name extends keyof ModelTypes ? ItemColumn<Name> : never
>

/** The type of a value that is a mistake: no value has it, and the compiler's message contains the text. */
interface Mistake<Text extends string> {
  readonly mistake: Text
}

type CheckedItems<Name extends keyof ModelTypes, Items> = {
  readonly [Index in keyof Items]: Items[Index] extends RecordReference
    ? unknown
    : Items[Index] extends RecordValues
      ? {
          readonly [Field in keyof Items[Index]]: Field extends ItemColumn<Name>
            ? ItemValue<Name, Field> | undefined
            : Mistake<`No item of ${Name} has a column ${Field & string}.`>
        }
      : unknown
}

/** Models that refer to the model of the object: models of its items and of its variants' details. */
type ItemModel<Name extends keyof ModelTypes> = {
  [Model in keyof ModelTypes]: Name extends ModelTypes[Model]['relations'][keyof ModelTypes[Model]['relations']]
    ? Model
    : never
}[keyof ModelTypes]

type ItemColumn<Name extends keyof ModelTypes> =
  ItemModel<Name> extends infer Model ? (Model extends keyof ModelTypes ? InputColumn<Model> : never) : never

type ItemValue<Name extends keyof ModelTypes, Field extends string> =
  ItemModel<Name> extends infer Model
    ? Model extends keyof ModelTypes
      ? Field extends InputColumn<Model>
        ? InputValue<Model, Field>
        : never
      : never
    : never

/** A filter as in the GraphQL API, whose conditions on columns are typed. */
export type FilterOf<Name extends string> = Name extends keyof ModelTypes
  ? {
      readonly [Column in Exclude<
        keyof ModelTypes[Name]['columns'],
        'workspaceId' | KeyOfRelation<Name> | IdOfReference<Name> | TypeOfReference<Name>
      >]?: ColumnFilter<NonNullable<ModelTypes[Name]['columns'][Column]> | PrismaValue<Name, Column>>
    } & RecordValues
  : RecordValues

/** Conditions on a column. The API refuses operators that the column's type does not have. */
type ColumnFilter<Value> = [Value] extends [readonly (infer Element)[]]
  ? RecordValues & { readonly has?: Element }
  : [unknown] extends [Value]
    ? unknown
    : ComparedFilter<[Value] extends [Date] ? Date | string : Value>

interface ComparedFilter<Value> {
  readonly equals?: Value | null
  readonly in?: readonly Value[]
  readonly notIn?: readonly Value[]
  readonly lt?: Value
  readonly lte?: Value
  readonly gt?: Value
  readonly gte?: Value
  readonly contains?: string
  readonly startsWith?: string
  readonly endsWith?: string
  readonly isNull?: boolean
  readonly mode?: 'DEFAULT' | 'INSENSITIVE'
  readonly not?: ComparedFilter<Value> | null
}
