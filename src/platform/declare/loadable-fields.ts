import type {
  FieldMap,
  FieldNullability,
  FieldRef,
  InputFieldMap,
  InputShapeFromFields,
  OutputType,
  SchemaTypes,
  TypeParam,
} from '@pothos/core'
import type { LoadableFieldOptions, LoadableListFieldOptions } from '@pothos/plugin-dataloader'
import type { PrismaModelTypes, PrismaObjectRef, prismaModelName, ShapeFromSelection } from '@pothos/plugin-prisma'
import type { OnlyKeysOf } from './only-keys.ts'
import type { SelectContext } from './plugin-context.ts'

/*
 * Types of `t.loadable` and `t.loadableList` on objects of the API. Those of Pothos' dataloader plugin take the type of
 * the keys for the type of `select`, so that no selection compiles.
 */

/** What `resolve` gets: what the field selects of the record. */
type Selected<Types extends SchemaTypes, Model extends PrismaModelTypes, Select> = ShapeFromSelection<
  Types,
  Model,
  { select: Select extends (...args: never) => infer Result ? Result : Select }
>

interface Selecting<Model extends PrismaModelTypes, Args extends InputFieldMap, Select> {
  /** What `resolve` needs of the record. */
  select: Select &
    (Model['Select'] | ((args: InputShapeFromFields<Args>, context: SelectContext) => Model['Select'])) &
    (Select extends (...args: never) => unknown ? unknown : OnlyKeysOf<Model['Select'], Select>)
}

interface LoadableFields<Types extends SchemaTypes, Model extends PrismaModelTypes> {
  loadable<
    Args extends InputFieldMap,
    Type extends TypeParam<Types>,
    Key,
    CacheKey,
    Select,
    Returned,
    Nullable extends FieldNullability<Type> = Types['DefaultFieldNullability'],
  >(
    options: Selecting<Model, Args, Select> &
      LoadableFieldOptions<
        Types,
        Selected<Types, Model, Select>,
        Type,
        Nullable,
        Args,
        Returned,
        Key,
        CacheKey,
        'Object'
      >,
  ): FieldRef<Types, unknown, 'PrismaObject'>
  loadableList<
    Args extends InputFieldMap,
    Type extends OutputType<Types>,
    Key,
    CacheKey,
    Select,
    Returned,
    Nullable extends FieldNullability<[Type]> = Types['DefaultFieldNullability'],
  >(
    options: Selecting<Model, Args, Select> &
      LoadableListFieldOptions<
        Types,
        Selected<Types, Model, Select>,
        Type,
        Nullable,
        Args,
        Returned,
        Key,
        CacheKey,
        'Object'
      >,
  ): FieldRef<Types, unknown, 'PrismaObject'>
}

/** By this mark, Pothos finds the model of a record of which nothing is selected yet. */
interface Marked<Model extends PrismaModelTypes> {
  [prismaModelName]?: Model['Name']
}

/** The `t` with which fields of an object of the API are declared. */
type FieldBuilder<Types extends SchemaTypes, Model extends PrismaModelTypes> = Omit<
  PothosSchemaTypes.PrismaObjectFieldBuilder<Types, Model, Marked<Model>>,
  keyof LoadableFields<Types, Model>
> &
  LoadableFields<Types, Model>

/** Members of the builder that add fields to objects of the API. */
export interface PrismaFields<Types extends SchemaTypes> {
  /** Adds a field to an object. */
  prismaObjectField<Model extends PrismaModelTypes>(
    type: PrismaObjectRef<Types, Model, Record<never, never>>,
    name: string,
    field: (t: FieldBuilder<Types, Model>) => FieldRef<Types>,
  ): void
  /** Adds fields to an object, by name. */
  prismaObjectFields<Model extends PrismaModelTypes>(
    type: PrismaObjectRef<Types, Model, Record<never, never>>,
    fields: (t: FieldBuilder<Types, Model>) => FieldMap,
  ): void
}
