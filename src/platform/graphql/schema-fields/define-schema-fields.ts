import type { GraphQLSchema } from 'graphql'
import type { Plugin } from '../../declare/plugin.ts'
import type { SchemaObjects } from '../../declare/schema-builder.ts'
import { CompositionError } from '../../registry/composition-error.ts'
import { requireDependency } from '../../registry/declaring-plugins.ts'
import type { Registry } from '../../registry/object-type.ts'
import { claimType } from '../name-claims.ts'
import type { TypeStore } from '../types.ts'
import { pluginBuilder, runForPlugin, type SchemaOwners } from './plugin-builder.ts'

/**
 * Calls the `schema` of each plugin with the builder.
 * @throws CompositionError that names the plugin when its code throws, or declares a name that exists already.
 */
export function defineSchemaFields(store: TypeStore, owners: SchemaOwners): void {
  for (const plugin of store.registry.plugins) {
    if (!plugin.schema) continue
    const before = typeNames(store)
    runForPlugin(plugin, () => plugin.schema?.(pluginBuilder(store, plugin, owners), objectsFor(store, plugin)))
    for (const name of typeNames(store)) {
      if (before.has(name)) continue
      claimType(store.claims, name, plugin.id, {})
      owners.types.set(name, plugin)
    }
  }
}

/**
 * Builds the schema. Functions that return fields run only now, so what they throw can be the fault of a plugin.
 * @throws CompositionError that names the plugin.
 */
export function buildWithSchemaFields({ builder, registry }: TypeStore, owners: SchemaOwners): GraphQLSchema {
  try {
    return builder.toSchema()
  } catch (error) {
    if (error instanceof CompositionError || !registry.plugins.some(({ schema }) => schema)) throw error
    const message = error instanceof Error ? error.message : String(error)
    const [, field = '', type = ''] = /^Duplicate field (\w+) on (\w+)$/.exec(message) ?? []
    const plugin = owners.fields.get(`${type}.${field}`)
    if (plugin)
      throw new CompositionError(
        `${type}.${field} exists already, and ${plugin.id} adds it. Rename it in ${plugin.id}.`,
      )
    const ids = registry.plugins.flatMap(({ id, schema }) => (schema ? [id] : []))
    throw new CompositionError(`${ids.join(', ')}: what \`schema\` adds can't be built: ${message}`)
  }
}

function typeNames({ builder }: TypeStore): ReadonlySet<string> {
  return new Set(builder.configStore.typeConfigs.keys())
}

/** Returns the objects that a plugin may add fields to, by name. */
function objectsFor(store: TypeStore, plugin: Plugin): SchemaObjects {
  return new Proxy<SchemaObjects>(Object.create(null), {
    get(_, name) {
      if (typeof name !== 'string') return undefined
      const object = objectOf(store.registry, plugin, name)
      requireDependency(store.registry, plugin.id, object.pluginId, `the object ${name}`)
      return store.outputs.get(name)
    },
  })
}

function objectOf({ objects }: Registry, plugin: Plugin, name: string) {
  const object = objects.get(name)
  if (!object) throw new CompositionError(`${plugin.id}: \`schema\` names the object ${name}, which does not exist.`)
  if (object.discriminator && object.variants.size > 0)
    throw new CompositionError(
      `${plugin.id}: ${name} is abstract, so its \`schema\` can't add fields to it. Use \`extend\`.`,
    )
  return object
}
