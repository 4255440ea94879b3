import {
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  validateSchema,
} from 'graphql'
import { STANDARD_DESCRIPTIONS } from '../../graphql/descriptions.ts'
import type { RecordType, Registry } from '../../registry/object-type.ts'
import type { LoadedPlugin } from '../../request/loaded-plugin.ts'
import { type Composed, type CoreParts, composePlugins } from '../host/compose-plugins.ts'
import { orderPlugins } from '../host/plugin-order.ts'

/**
 * Composes plugins with core, each after its dependencies.
 * @throws Error with every reason why they can't be composed.
 */
export function composeTogether(core: CoreParts, plugins: readonly LoadedPlugin[]): Composed {
  const { ordered, refused } = orderPlugins(core, plugins)
  if (refused.length > 0) throw new Error(refused.flatMap(({ reasons }) => reasons).join(' '))
  return composePlugins(core, ordered, ordered)
}

/** Returns why GraphQL can't execute anything with the schema, such as a type without fields. */
export function schemaProblems(schema: GraphQLSchema): string[] {
  return validateSchema(schema).map(({ message }) => message)
}

/**
 * Returns a problem for each type, field, argument and enum value that only `after` has and that has no description.
 */
export function descriptionProblems(before: GraphQLSchema, after: GraphQLSchema): string[] {
  const existing = new Map(coordinates(before))
  return coordinates(after)
    .filter(([coordinate, description]) => !existing.has(coordinate) && !description?.trim())
    .map(([coordinate]) => `${coordinate} has no description. ${DESCRIPTION_HINT}`)
}

/** Returns a problem for each object, column and relation that the plugin publishes without a description. */
export function fieldDescriptionProblems(registry: Registry, pluginId: string): string[] {
  const ownObjects = [...registry.objects.values()].filter((object) => object.pluginId === pluginId)
  return ownObjects.flatMap((type) => [
    ...(type.description === type.name ? [`${type.name} has no description. ${DESCRIPTION_HINT}`] : []),
    ...undescribedFields(type).map((name) => `${type.name}.${name} has no description. ${DESCRIPTION_HINT}`),
  ])
}

function undescribedFields({ fields }: RecordType): string[] {
  return [...fields.values()].flatMap((field) => {
    const described =
      field.kind === 'column'
        ? field.column.description
        : field.kind === 'one'
          ? field.relation.description
          : 'declared'
    return described?.trim() || field.name in STANDARD_DESCRIPTIONS ? [] : [field.name]
  })
}

const DESCRIPTION_HINT = 'Write one: a "///" comment above it in models.prisma, or "description".'

/** The schema coordinate of a type, field, argument or enum value, such as `Account.name`, and its description. */
type Coordinate = readonly [coordinate: string, description: string | null | undefined]

function coordinates(schema: GraphQLSchema): Coordinate[] {
  return Object.values(schema.getTypeMap())
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type): Coordinate[] => [
      [type.name, type.description],
      ...(isObjectType(type) || isInterfaceType(type)
        ? Object.values(type.getFields()).flatMap((field): Coordinate[] => [
            [`${type.name}.${field.name}`, field.description],
            ...field.args.map((arg): Coordinate => [`${type.name}.${field.name}(${arg.name}:)`, arg.description]),
          ])
        : []),
      ...(isInputObjectType(type) || isEnumType(type) ? membersOf(type) : []),
    ])
}

function membersOf(
  type: { readonly name: string } & ({ getValues(): readonly Member[] } | { getFields(): object }),
): Coordinate[] {
  const members: readonly Member[] = 'getValues' in type ? type.getValues() : Object.values(type.getFields())
  return members.map(({ name, description }) => [`${type.name}.${name}`, description])
}

interface Member {
  readonly name: string
  readonly description?: string | null | undefined
}
