import type { ZodType } from 'zod'
import type { ModelTypes } from '../../../../generated/models.ts'
import type { MoneyField } from './money-field.ts'

export type ModelName = keyof ModelTypes & string
export type ColumnName<Model extends ModelName> = keyof ModelTypes[Model]['columns'] & string
export type RelationName<Model extends ModelName> = keyof ModelTypes[Model]['relations'] & string

/** Names of the to-one relations of a model that lead to the model `Target`. */
export type RelationTo<Model extends ModelName, Target extends ModelName> = {
  [Name in RelationName<Model>]: ModelTypes[Model]['relations'][Name] extends Target ? Name : never
}[RelationName<Model>]

/**
 * Paths of a to-one relation of a model and a relation of its target that leads to the model `Target`, such as
 * `lease.manager`. The second step is any text where the compiler has no types of the model in between.
 */
export type PathTo<Model extends ModelName, Target extends ModelName> = {
  [Name in RelationName<Model>]: ModelTypes[Model]['relations'][Name] extends infer Between extends ModelName
    ? `${Name}.${RelationTo<Between, Target>}`
    : `${Name}.${string}`
}[RelationName<Model>]

/** How a column of the model is published. With `{}` clients can read and write it, and filter and sort lists by it. */
export interface ColumnOptions {
  /**
   * Schema that checks and normalises the values that clients write; `false` when clients can't write the column.
   * Default: a schema by the column's type.
   */
  readonly input?: ZodType | false
  /**
   * Whether clients set the column only when they create a record: it is not in the input of updates. Business acts and
   * rules of the object's own plugin can still change it, such as the stage of a deal.
   */
  readonly onlyOnCreate?: true
  /**
   * Whether a rule sets the column when the client leaves it out, so that the input of a create does not require it
   * although the model does.
   */
  readonly hasRuleDefault?: true
  /** Name of the GraphQL type of a column of texts: a scalar of a plugin, or `CurrencyCode`. */
  readonly scalar?: string
  /**
   * Schema that turns the text of a cell of an imported file into a value that clients can write, such as the name of a
   * country into its code. For imports only.
   */
  readonly cell?: ZodType<string>
  /** `false` when lists can't be filtered by the column. */
  readonly filter?: false
  /** `false` when lists can't be sorted by the column. */
  readonly order?: false
  /**
   * Whether the field is sensitive: a permission on the object, such as `account:read`, does not cover the field. Only
   * grants that name it (`account.taxId:read`), `account:*` and `*:*` do.
   */
  readonly sensitive?: true
  /**
   * Why the field will be removed and what to use instead; clients see it as `@deprecated`. A published name may be
   * removed only after it was deprecated.
   */
  readonly deprecated?: string
}

/** How a to-one relation of the model is published: as a field with the record, and as `<relation>Id` in inputs. */
export interface RelationOptions {
  /**
   * Name of the object that the field shows. Default: the name of the related model. Write it when the object has
   * another name than its model, as `User` does: its model is `Actor`.
   */
  readonly object?: string
  /** `false` when clients can't write the relation. */
  readonly input?: false
  /**
   * Whether clients set the relation only when they create a record: it is not in the input of updates. Business acts and
   * rules of the object's own plugin can still change it, such as the stage of a deal.
   */
  readonly onlyOnCreate?: true
  /**
   * Whether a rule sets the relation when the client leaves it out, so that the input of a create does not require it
   * although the model does.
   */
  readonly hasRuleDefault?: true
  /**
   * Whether the field is sensitive: a permission on the object, such as `account:read`, does not cover the field. Only
   * grants that name it (`account.owner:read`), `account:*` and `*:*` do.
   */
  readonly sensitive?: true
  /**
   * Why the field will be removed and what to use instead; clients see it as `@deprecated`. A published name may be
   * removed only after it was deprecated.
   */
  readonly deprecated?: string
}

/** A model with the columns and relations that are published. The compiler checks their names against the model. */
export interface PublishedModel<Model extends ModelName> {
  /** Name of the model in the `.prisma` file. */
  readonly model: Model
  /** Name of the GraphQL type. Default: the name of the model. */
  readonly name?: string
  /** Description of the GraphQL type. Default: the comment of the model. */
  readonly description?: string
  /** Published columns by the model's field names. */
  readonly columns: { readonly [Name in ColumnName<Model>]?: ColumnOptions }
  /** Published to-one relations by the model's field names. */
  readonly relations?: { readonly [Name in RelationName<Model>]?: RelationOptions }
}

/** A declared item: a part of a record that has no life of its own, such as one e-mail address of a contact. */
export interface ItemDeclaration {
  readonly model: string
  readonly name?: string
  readonly description?: string
  readonly columns: Readonly<Record<string, ColumnOptions | undefined>>
  readonly relations?: Readonly<Record<string, RelationOptions | undefined>>
  /** Amounts of money by field name, declared with `money`. */
  readonly fields?: Readonly<Record<string, MoneyField>>
}

/** An item whose columns and relations the compiler checks against the model. */
interface PublishedItem<Model extends ModelName> extends PublishedModel<Model> {
  /** See `ItemDeclaration`. */
  readonly fields?: Readonly<Record<string, MoneyField>>
}

/**
 * Declares a model for one of three uses: the items of a record, which are read and written together with the record;
 * the link table of a `many` field; or the detail of a variant. The model of items also needs the columns `id` and
 * `position`, which the platform writes.
 *
 * @example const session = defineItem({ model: 'CourseSession', columns: { startsAt: {}, topic: {} } })
 */
export function defineItem<Model extends ModelName>(declaration: PublishedItem<Model>): ItemDeclaration {
  return declaration
}
