import type { ZodType } from 'zod'
import type { ModelTypes } from '../../../../generated/models.ts'

export type ModelName = keyof ModelTypes & string
export type ColumnName<Model extends ModelName> = keyof ModelTypes[Model]['columns'] & string
export type RelationName<Model extends ModelName> = keyof ModelTypes[Model]['relations'] & string

/** How one column of the model is published. An empty object publishes it with everything its type allows. */
export interface ColumnOptions {
  /** Checks and normalises what clients write; the column's type decides when absent. `false`: clients can't write it. */
  readonly input?: ZodType | false
  /** Reads what files of other people say as what clients write, such as a country's name as its code. Imports only. */
  readonly cell?: ZodType<string>
  /** `false`: no filter by it. */
  readonly filter?: false
  /** `false`: no sorting by it. */
  readonly order?: false
  /** `true`: permission on the object does not reach it. Only its own name does (`account.taxId:read`), `account:*` and `*:*`. */
  readonly sensitive?: true
  /** Why it goes and what to use instead: clients see it as `@deprecated`. A name goes only after it was. */
  readonly deprecated?: string
}

/** How a to-one relation of the model is published: as the record, and as `<relation>Id` in inputs. */
export interface RelationOptions {
  /** Object it leads to, when that isn't named like the model, such as `User` over `Actor`. */
  readonly object?: string
  /** `false`: clients can't write it. */
  readonly input?: false
  /** `true`: permission on the object does not reach it. Only its own name does, `<object>:*` and `*:*`. */
  readonly sensitive?: true
  /** Why it goes and what to use instead: clients see it as `@deprecated`. A name goes only after it was. */
  readonly deprecated?: string
}

/** Columns and relations of a model, checked by the compiler against the model. */
export interface PublishedModel<Model extends ModelName> {
  /** Prisma model its rows belong to. */
  readonly model: Model
  /** GraphQL type name; the model's name when absent. */
  readonly name?: string
  /** What it is, when the model's own comment doesn't say it. */
  readonly description?: string
  readonly columns: { readonly [Name in ColumnName<Model>]?: ColumnOptions }
  readonly relations?: { readonly [Name in RelationName<Model>]?: RelationOptions }
}

/** A part of a record that has no life of its own, such as one of a contact's e-mail addresses. */
export interface ItemDeclaration {
  readonly model: string
  readonly name?: string
  readonly description?: string
  readonly columns: Readonly<Record<string, ColumnOptions | undefined>>
  readonly relations?: Readonly<Record<string, RelationOptions | undefined>>
}

/** Declares the parts of a record that are read and written with it. */
export function defineItem<Model extends ModelName>(declaration: PublishedModel<Model>): ItemDeclaration {
  return declaration
}
