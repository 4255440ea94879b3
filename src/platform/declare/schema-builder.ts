import type { PrismaModelTypes, PrismaObjectRef } from '@pothos/plugin-prisma'
import type PrismaTypes from '../../../generated/prisma/pothos.d.ts'
import type { PrismaFields } from './loadable-fields.ts'
import type { Permission } from './permission.ts'
import type { PluginContext } from './plugin-context.ts'
import type { GeneratedTypes } from './plugin-prisma.ts'
import type { SubscriptionFields } from './subscription-field.ts'

declare global {
  namespace PothosSchemaTypes {
    interface FieldOptions {
      /**
       * For a field of `Query` or `Subscription`, which needs it: permission that the caller needs. For a field of an
       * object: permission without which the field is null, besides those that the caller needs for what it selects.
       */
      permission?: Permission
      /** For a field of an object: whether a permission on the whole object, such as `account:read`, does not cover it. */
      sensitive?: true
      /** Points that the field costs the caller; reading one record costs 1. Default: 1 on objects, 10 on `Query`. */
      cost?: number
      /**
       * For a list: number of elements with which its cost is counted. Default: what the client passes in the argument
       * `take` or `first`; without it 100 for `t.relation`, else 10. A list has 1,000 elements at most.
       */
      size?: number
    }
  }
}

/** Types of the models for Pothos: of core, or of core and the plugins for which they were generated. */
type ComposedTypes = GeneratedTypes extends { readonly pothos: infer Types extends object } ? Types : PrismaTypes

/**
 * Types of the scalars that plugins define, by name: `Input` is what arguments have, `Output` what `resolve` returns. A
 * plugin adds its own by `declare module 'rapport/plugin' { interface PluginScalars { … } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: plugins add its properties.
export interface PluginScalars {}

type OwnScalars = {
  [Name in keyof PluginScalars]: PluginScalars[Name] extends { Input: infer Input; Output: infer Output }
    ? { Input: Input; Output: Output }
    : never
}

interface OwnTypes {
  Context: PluginContext
  PrismaTypes: ComposedTypes
  Scalars: {
    DateTime: { Input: Date; Output: Date | string }
    Date: { Input: string; Output: Date | string }
    Decimal: { Input: string; Output: { toString(): string } | string | number }
    CurrencyCode: { Input: string; Output: string }
    JSON: { Input: unknown; Output: unknown }
  } & OwnScalars
  Objects: {
    Money: { readonly amount: { toString(): string } | string | number; readonly currency: string }
  }
  DefaultFieldNullability: false
}

/** Types of the builder that a plugin's `schema` gets. */
export type PluginSchemaTypes = PothosSchemaTypes.ExtendDefaultTypes<OwnTypes>

/**
 * Members of Pothos' builder that a plugin does not get: a mutation is declared by `defineOperation`, an object by
 * `defineObject`, and the platform builds the schema.
 */
export type Withheld =
  | 'mutationType'
  | 'mutationField'
  | 'mutationFields'
  | 'queryType'
  | 'subscriptionType'
  | 'subscriptionFields'
  | 'prismaObject'
  | 'prismaNode'
  | 'prismaInterface'
  | 'prismaInterfaceField'
  | 'prismaInterfaceFields'
  | 'toSchema'

/**
 * Builder of the library Pothos with its Prisma and dataloader plugins, as https://pothos-graphql.dev documents it.
 * Fields that it adds to objects and to `Query` are always nullable: when their code fails, the field is null and the
 * response has an error that names the plugin. `resolve` gets the `PluginContext` of the plugin.
 */
export type PluginSchemaBuilder = Omit<
  PothosSchemaTypes.SchemaBuilder<PluginSchemaTypes>,
  // `subscriptionField` is the platform's own.
  Withheld | 'subscriptionField' | keyof PrismaFields<PluginSchemaTypes>
> &
  PrismaFields<PluginSchemaTypes> &
  SubscriptionFields<PluginSchemaTypes>

/** Names of objects whose model has another name. */
type ActorObject = 'User' | 'ApiKey' | 'PluginActor'

type ObjectRefOf<Model> = PrismaObjectRef<PluginSchemaTypes, Extract<Model, PrismaModelTypes>, Record<never, never>>

/** Objects of the API by name, such as `Account`, to which a plugin's `schema` adds fields. */
export type SchemaObjects = { readonly [Name in keyof ComposedTypes]: ObjectRefOf<ComposedTypes[Name]> } & {
  readonly [Name in ActorObject]: ObjectRefOf<ComposedTypes['Actor' & keyof ComposedTypes]>
}
