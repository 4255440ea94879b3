import type { Models } from '../data/models/models.ts'
import type { InterfaceDeclaration } from '../declare/objects/object.ts'
import type { Plugin } from '../declare/plugin.ts'
import { conditionsOf, extensionsOf, type OwnedVariant } from './additions.ts'
import { checkPlugins } from './check-names.ts'
import { CompositionError } from './composition-error.ts'
import type { ObjectType, Registry } from './object-type.ts'
import { resolveObject } from './resolve-object.ts'

/**
 * Checks the declarations of plugins and composes them to a registry, in which names of columns and relations are
 * replaced by their descriptions from the models.
 * @param plugins The modules of core and the plugins.
 * @throws CompositionError when two declarations have the same name, or when a declaration refers to a name that does
 * not exist.
 */
export function composeRegistry(models: Models, plugins: readonly Plugin[]): Registry {
  const objects = new Map<string, ObjectType>()
  const interfaces = new Map<string, InterfaceDeclaration>()
  const prefixes = new Map<string, ObjectType>()
  const variants = plugins.flatMap((plugin) =>
    (plugin.variants ?? []).map((variant): OwnedVariant => ({ pluginId: plugin.id, variant })),
  )
  checkPlugins(models, plugins)
  for (const plugin of plugins) {
    for (const declaration of plugin.objects ?? []) {
      const name = declaration.name ?? declaration.model
      const existing = objects.get(name)
      if (existing)
        throw new CompositionError(
          `Type ${name} is declared by both ${existing.pluginId} and ${plugin.id}. Rename one.`,
        )
      const objectVariants = variants.filter(({ variant }) => variant.of === name)
      const object = resolveObject(models, plugin, declaration, objectVariants, {
        fields: extensionsOf(plugins, name),
        conditions: conditionsOf(plugins, name),
      })
      objects.set(name, object)
      if (object.isNode)
        for (const prefix of new Set([
          object.prefix,
          ...[...object.variants.values()].flatMap((variant) => (variant.object ? [] : [variant.prefix])),
        ])) {
          const owner = prefixes.get(prefix)
          if (owner)
            throw new CompositionError(
              `Id prefix ${prefix} is used by both ${owner.name} of ${owner.pluginId} and ${name} of ${plugin.id}. Change one.`,
            )
          prefixes.set(prefix, object)
        }
    }
    for (const declared of plugin.interfaces ?? [])
      interfaces.set(declared.name, withImplementations(plugins, declared))
  }
  return { models, plugins, objects, interfaces, prefixes }
}

/** Returns the interface, including the objects that other plugins declare under `implement`. */
function withImplementations(plugins: readonly Plugin[], declared: InterfaceDeclaration): InterfaceDeclaration {
  const others = plugins.flatMap((plugin) => plugin.implement?.[declared.name] ?? [])
  return others.length === 0 ? declared : { ...declared, objects: [...new Set([...declared.objects, ...others])] }
}

/**
 * Returns the object with this name.
 * @throws CompositionError when no plugin declares it.
 */
export function objectNamed(registry: Registry, name: string): ObjectType {
  const object = registry.objects.get(name)
  if (!object)
    throw new CompositionError(
      `No plugin declares an object ${name}. Declared: ${[...registry.objects.keys()].join(', ')}.`,
    )
  return object
}

/** Returns the object by its name in permissions, such as `account`; undefined when there is no such object. */
export function objectBySingular(registry: Registry, singular: string): ObjectType | undefined {
  for (const object of registry.objects.values()) if (object.singular === singular) return object
  return undefined
}
