import type { ScalarRef } from '@pothos/core'
import { GraphQLScalarType, Kind } from 'graphql'
import type { ScalarDeclaration } from '../declare/scalar.ts'
import { badUserInput } from '../errors.ts'
import { CompositionError } from '../registry/composition-error.ts'
import type { SchemaTypes } from './builder.ts'
import { claimType, ownedBy } from './name-claims.ts'
import type { TypeStore } from './types.ts'

/** The builder's method for scalars, for names that are known only at run time. */
interface ScalarBuilder {
  addScalarType(name: string, scalar: GraphQLScalarType): ScalarRef<SchemaTypes, unknown, unknown>
}

declare module 'graphql' {
  interface GraphQLScalarTypeExtensions {
    /** A text that the scalar of a plugin accepts. */
    readonly example?: string
  }
}

/**
 * Defines the scalars that plugins declare.
 * @throws CompositionError when two plugins declare the same name, and when a scalar refuses its own example.
 */
export function definePluginScalars(store: TypeStore): void {
  const builder: ScalarBuilder = store.builder
  for (const { id, scalars = [] } of store.registry.plugins)
    for (const declaration of scalars) {
      claimType(store.claims, declaration.name, id, declaration)
      const type = scalarOf(declaration, ownedBy(store.registry, id).extensions)
      const problem = declaration.input.safeParse(declaration.example).error?.issues[0]
      if (problem)
        throw new CompositionError(
          `${id}: the scalar ${declaration.name} does not accept its own example: ${problem.message}`,
        )
      const ref = builder.addScalarType(declaration.name, type)
      store.outputs.set(declaration.name, ref)
      store.inputs.set(declaration.name, ref)
    }
}

function scalarOf(
  { name, description, input, example }: ScalarDeclaration,
  extensions: { readonly pluginId: string } | undefined,
): GraphQLScalarType {
  const parse = (value: unknown): string => {
    if (typeof value !== 'string') throw badUserInput(`A value of the type ${name} is a text.`)
    const parsed = input.safeParse(value)
    if (parsed.success) return parsed.data
    const problems = parsed.error.issues.map(({ message }) => message).join(' ')
    throw badUserInput(`The text is not valid as ${name}: ${problems}`)
  }
  return new GraphQLScalarType({
    name,
    description,
    parseValue: parse,
    parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : null),
    serialize(value) {
      if (typeof value !== 'string') throw new TypeError(`A value of the type ${name} is a text.`)
      return value
    },
    extensions: { ...extensions, example },
  })
}
