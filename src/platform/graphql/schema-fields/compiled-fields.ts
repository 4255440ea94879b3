import SchemaBuilder, {
  BasePlugin,
  type PothosOutputFieldConfig,
  type PothosTypeConfig,
  type SchemaTypes,
} from '@pothos/core'
import {
  type GraphQLFieldResolver,
  type GraphQLIsTypeOfFn,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLTypeResolver,
  getNullableType,
  isEnumType,
  isListType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql'
import { TYPE_NAME } from '../../reads/reading.ts'

/** Name of the Pothos plugin below. */
const NAME = 'compiledFields'

declare global {
  namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      compiledFields: CompiledFields<Types>
    }
    interface SchemaBuilderOptions<Types extends SchemaTypes> {
      /** Returns the configuration of a field, completed by what its execution needs. */
      compiledFields?: {
        describe(config: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types>
        /** Returns the id of the plugin whose `schema` defines the type; undefined for any other type. */
        ownerOf(typeName: string): string | undefined
      }
    }
  }
}

/**
 * Holds the resolver of a field of a plugin's `schema`, with what Pothos' other plugins add to it. The platform calls it
 * to compute the value; the executor of the GraphQL library takes the value from the answer.
 */
export class WrappedResolver {
  resolve: GraphQLFieldResolver<unknown, unknown> | null = null
}

/** A value of a scalar as the response has it. The scalar's `serialize`, which may not accept it, returns it unchanged. */
class Serialized {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }
}

/** The resolver of fields of the `schema` of plugins: takes the value from the answer, by the field's response key. */
function resolveFromAnswer(answer: unknown, _args: unknown, _context: unknown, info: GraphQLResolveInfo): unknown {
  const value: unknown = answer !== null && typeof answer === 'object' ? Reflect.get(answer, info.path.key) : null
  return unserialized(info.returnType, value)
}

/** Returns a value of an answer in the form that GraphQL's executor expects of a resolver. */
function unserialized(type: GraphQLOutputType, value: unknown): unknown {
  if (value === null || value === undefined || value instanceof Error) return value
  const nullable = getNullableType(type)
  if (isListType(nullable))
    return Array.isArray(value) ? value.map((element: unknown) => unserialized(nullable.ofType, element)) : null
  if (isEnumType(nullable)) return nullable.parseValue(value)
  return isScalarType(nullable) && !isSpecifiedScalarType(nullable) ? new Serialized(value) : value
}

/**
 * Pothos plugin for fields that are compiled to SQL: their values are read by one statement before the field is resolved.
 * It has to be the first plugin of the builder: then its resolver replaces those of the others, and Pothos' Prisma plugin
 * does not read the value again. Pothos requires a class.
 */
class CompiledFields<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(config: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    return this.builder.options.compiledFields?.describe(config) ?? config
  }

  override wrapResolve(
    resolver: GraphQLFieldResolver<unknown, Types['Context'], object, unknown>,
    { extensions }: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object, unknown> {
    const wrapped: unknown = extensions?.['wrapped']
    if (wrapped instanceof WrappedResolver)
      wrapped.resolve = (source, args, context, info) =>
        Reflect.apply(resolver, undefined, [source, args, context, info])
    return extensions?.['isSchemaField'] === true ? resolveFromAnswer : resolver
  }

  override onTypeConfig(given: PothosTypeConfig): PothosTypeConfig {
    const pluginId = this.builder.options.compiledFields?.ownerOf(given.name)
    const config = pluginId === undefined ? given : { ...given, extensions: { ...given.extensions, pluginId } }
    if (config.kind !== 'Scalar') return config
    const { serialize } = config
    if (!serialize) return config
    return { ...config, serialize: (value: unknown) => (value instanceof Serialized ? value.value : serialize(value)) }
  }

  override wrapResolveType(
    resolveType: GraphQLTypeResolver<unknown, Types['Context']>,
  ): GraphQLTypeResolver<unknown, Types['Context']> {
    return (value, context, info, type) => answerType(value) ?? resolveType(value, context, info, type)
  }

  override wrapIsTypeOf(
    isTypeOf: GraphQLIsTypeOfFn<unknown, Types['Context']> | undefined,
    { name }: PothosTypeConfig,
  ): GraphQLIsTypeOfFn<unknown, Types['Context']> | undefined {
    if (!isTypeOf) return undefined
    return (value, context, info) => {
      const type = answerType(value)
      return type === null ? isTypeOf(value, context, info) : type === name
    }
  }
}

/** Returns the type of an object of an answer, where the schema has an interface or union; null for any other value. */
function answerType(value: unknown): string | null {
  const type: unknown = value !== null && typeof value === 'object' ? Reflect.get(value, TYPE_NAME) : undefined
  return typeof type === 'string' ? type : null
}

SchemaBuilder.registerPlugin(NAME, CompiledFields)

export const COMPILED_FIELDS: typeof NAME = NAME
