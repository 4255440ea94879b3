import type { Plugin } from '../../declare/plugin.ts'
import type { SchemaObjects } from '../../declare/schema-builder.ts'
import { CompositionError } from '../../registry/composition-error.ts'
import { requireDependency } from '../../registry/declaring-plugins.ts'
import type { Registry } from '../../registry/object-type.ts'
import { claimType } from '../name-claims.ts'
import type { TypeStore } from '../types.ts'
import { pluginBuilder, type SchemaOwners } from './plugin-builder.ts'

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

/** Runs code of a plugin's `schema`, and names the plugin in what it throws. */
export function runForPlugin<Result>(plugin: Plugin, run: () => Result): Result {
  try {
    return run()
  } catch (error) {
    if (error instanceof CompositionError) throw error
    throw new CompositionError(
      `${plugin.id}: its \`schema\` failed: ${error instanceof Error ? error.message : String(error)}`,
    )
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
