import { type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql'
import { STANDARD_DESCRIPTIONS } from '../../graphql/descriptions.ts'
import type { RecordType, Registry } from '../../registry/object-type.ts'
import type { LoadedPlugin } from '../../request/loaded-plugin.ts'
import { type Composed, type CoreParts, composePlugins } from '../host/compose-plugins.ts'
import { orderPlugins } from '../host/plugin-order.ts'

/**
 * Composes plugins with core, each after those it depends on.
 * @throws Error with every reason why they don't fit together.
 */
export function composeTogether(core: CoreParts, plugins: readonly LoadedPlugin[]): Composed {
  const { ordered, refused } = orderPlugins(core, plugins)
  if (refused.length > 0) throw new Error(refused.flatMap(({ reasons }) => reasons).join(' '))
  return composePlugins(core, ordered, ordered)
}

/** Types, fields, arguments and values that a schema has beside another, as coordinates, and have no description. */
export function undescribed(before: GraphQLSchema, after: GraphQLSchema): string[] {
  const known = new Map(coordinates(before))
  return coordinates(after)
    .filter(([coordinate, description]) => !known.has(coordinate) && !description?.trim())
    .map(([coordinate]) => `${coordinate} has no description. ${HOW}`)
}

/** Columns and relations that a plugin publishes without a word on what they are: clients are told their name only. */
export function unexplained(registry: Registry, pluginId: string): string[] {
  const own = [...registry.objects.values()].filter((object) => object.pluginId === pluginId)
  return own.flatMap((type) => [
    ...(type.description === type.name ? [`${type.name} has no description. ${HOW}`] : []),
    ...silentFields(type).map((name) => `${type.name}.${name} has no description. ${HOW}`),
  ])
}

function silentFields({ fields }: RecordType): string[] {
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

const HOW = 'Write one: a "///" comment above it in models.prisma, or "description".'

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
