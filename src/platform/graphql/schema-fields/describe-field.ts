import type { PothosOutputFieldConfig } from '@pothos/core'
import type { GraphQLFieldResolver } from 'graphql'
import type { Plugin } from '../../declare/plugin.ts'
import { GUARDED_BY_PARENT, type Guard } from '../../permissions/guard.ts'
import { readRelation } from '../../reads/schema-fields/relation-field.ts'
import { nullWithout, readSelected } from '../../reads/schema-fields/selected-field.ts'
import { CompositionError } from '../../registry/composition-error.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import type { SchemaTypes } from '../builder.ts'
import { requireType } from '../name-claims.ts'
import type { TypeStore } from '../types.ts'
import { WrappedResolver } from './compiled-fields.ts'
import { costOf, listSize, relationSize } from './field-costs.ts'
import type { SchemaOwners } from './plugin-builder.ts'
import { requireKnownPermission, rootGuard, runSchemaField } from './root-field.ts'
import { type CheckedField, checkRelationField, checkSelection, selectionOf } from './selections.ts'
import { trialArguments } from './trial-arguments.ts'
import { typeNameOf } from './type-name.ts'

type Config = PothosOutputFieldConfig<SchemaTypes>

/**
 * Returns the configuration of a field that the `schema` of a plugin adds, completed by its guard and by how it is read.
 * Fields of core and of other declarations have both already, and are returned unchanged.
 * @throws CompositionError for a field that can't be compiled or has no permission.
 */
export function describeSchemaField(store: TypeStore, owners: SchemaOwners, config: Config): Config {
  const coordinate = `${config.parentType}.${config.name}`
  const plugin = owners.fields.get(coordinate) ?? owners.types.get(config.parentType)
  const isOfPlatform = !plugin || owners.platformTypes.has(config.parentType)
  if (isOfPlatform && config.extensions?.['guard']) return config
  if (!plugin) throw new CompositionError(`${coordinate} has no guard, and no plugin that adds it.`)
  refusePlatformExtensions(plugin, coordinate, config)
  requireTypes(store, plugin, config)
  const options = { isSchemaField: true, pluginId: plugin.id, cost: costOf(config, listSize(config)) }
  if (config.parentType === 'Query')
    return nullable(
      extended(config, {
        ...options,
        guard: rootGuard(store, plugin, coordinate, config.pothosOptions.permission),
        run: runSchemaField(plugin, config.name),
        ...resolverOf(config),
      }),
    )
  const object = store.registry.objects.get(config.parentType)
  const { permission } = config.pothosOptions
  if (!object) {
    if (permission !== undefined)
      throw new CompositionError(
        `${plugin.id}: ${coordinate} has a \`permission\`, but ${config.parentType} is no object of the API. Ask \`can\` of the context in \`resolve\`.`,
      )
    return extended(config, { ...options, guard: GUARDED_BY_PARENT, ...resolverOf(config) })
  }
  if (permission !== undefined) requireKnownPermission(store.registry, plugin, coordinate, permission)
  return nullable(describeObjectField(store, plugin, object, config, options))
}

function describeObjectField(
  store: TypeStore,
  plugin: Plugin,
  object: ObjectType,
  config: Config,
  options: object,
): Config {
  const coordinate = `${object.name}.${config.name}`
  const isSensitive = Reflect.get(config.pothosOptions, 'sensitive') === true
  object.schemaFields.set(config.name, { pluginId: plugin.id, isSensitive })
  const guard: Guard = { kind: 'field', object: object.singular, coordinate, field: config.name, isSensitive }
  const trial = trialArguments(store, config)
  const checked: CheckedField = { registry: store.registry, plugin, object, config, isSensitive, trial }
  const selection = selectionOf(plugin, object, config)
  const { permission } = config.pothosOptions
  if (selection.kind === 'relation') {
    const target = relationTarget(store, plugin, config)
    const { relation, query } = selection
    checkRelationField(checked, target, relation, query)
    return extended(config, {
      ...options,
      guard,
      read: nullWithout(permission, readRelation({ plugin, object, target, relation, query })),
      cost: costOf(config, relationSize(config, query)),
    })
  }
  checkSelection(checked, selection.select)
  const read = nullWithout(permission, readSelected({ plugin, object, name: config.name, select: selection.select }))
  // Without the selection, Pothos' Prisma plugin does not read it once more.
  return extended(config, { ...options, guard, read, ...resolverOf(config), pothosPrismaSelect: undefined })
}

/** Extensions by which the platform decides who may read a field, and how it is read. */
const PLATFORM_EXTENSIONS = [
  'guard',
  'read',
  'run',
  'resolveValue',
  'wrapped',
  'isNeverNull',
  'pluginId',
  'isSchemaField',
]

/** Throws CompositionError when a plugin sets an extension that is the platform's. */
function refusePlatformExtensions(plugin: Plugin, coordinate: string, { pothosOptions }: Config): void {
  const own = Reflect.get(pothosOptions, 'extensions')
  const reserved = PLATFORM_EXTENSIONS.find((name) => Object.hasOwn(Object(own), name))
  if (reserved !== undefined)
    throw new CompositionError(
      `${plugin.id}: ${coordinate} has the extension ${reserved}, which the platform sets. Give it another name.`,
    )
}

/** Returns the extensions by which the platform finds the resolver of a field. */
function resolverOf({ name, parentType }: Config) {
  const wrapped = new WrappedResolver()
  const resolveValue: GraphQLFieldResolver<unknown, unknown> = (...args) => {
    if (!wrapped.resolve) throw new Error(`${parentType}.${name} has no resolver.`)
    return wrapped.resolve(...args)
  }
  return { wrapped, resolveValue }
}

/** Returns the object that a relation leads to: the type of the field. */
function relationTarget(store: TypeStore, plugin: Plugin, config: Config): ObjectType {
  const name = typeNameOf(config.type)
  const object = store.registry.objects.get(name)
  if (object && !(object.discriminator && object.variants.size > 0)) return object
  throw new CompositionError(
    `${plugin.id}: ${config.parentType}.${config.name} leads to ${name}, which is not the type of one object. Name it, such as \`type: User\`.`,
  )
}

/** Checks that the types of a field and its arguments belong to core, to the plugin or to a plugin under `depends`. */
function requireTypes({ claims }: TypeStore, plugin: Plugin, { parentType, name, type, args }: Config): void {
  for (const used of [type, ...Object.values(args).map((argument) => argument.type)])
    requireType(claims, typeNameOf(used), plugin.id, `${parentType}.${name}`)
}

function extended(config: Config, extensions: object): Config {
  return { ...config, extensions: { ...config.extensions, ...extensions } }
}

/** Makes a field nullable: it is null when the plugin's code fails. */
function nullable(config: Config): Config {
  const isNeverNull = config.type.nullable !== true && config.extensions?.['resolveValue'] !== undefined
  const type = { ...config.type, nullable: true }
  return isNeverNull ? extended({ ...config, type }, { isNeverNull }) : { ...config, type }
}
