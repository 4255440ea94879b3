import type { Models } from '../data/models/models.ts'
import type { InterfaceDeclaration } from '../declare/objects/object.ts'
import type { Plugin } from '../declare/plugin.ts'
import { conditionsOf, extensionsOf, type OwnedVariant } from './additions.ts'
import { checkPlugins } from './check-names.ts'
import { CompositionError } from './composition-error.ts'
import type { ObjectType, Registry } from './object-type.ts'
import { resolveObject } from './resolve-object.ts'

/** Resolves what plugins declare. Throws CompositionError on a clash, naming both owners, or on a name the model lacks. */
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
      const own = variants.filter(({ variant }) => variant.of === name)
      const object = resolveObject(models, plugin, declaration, own, {
        fields: extensionsOf(plugins, name),
        conditions: conditionsOf(plugins, name),
      })
      objects.set(name, object)
      if (object.isNode)
        for (const prefix of new Set([
          object.prefix,
          ...[...object.variants.values()].flatMap((variant) => (variant.object ? [] : [variant.prefix])),
        ])) {
          const holder = prefixes.get(prefix)
          if (holder)
            throw new CompositionError(
              `Id prefix ${prefix} is used by both ${holder.name} of ${holder.pluginId} and ${name} of ${plugin.id}. Change one.`,
            )
          prefixes.set(prefix, object)
        }
    }
    for (const declared of plugin.interfaces ?? []) interfaces.set(declared.name, implemented(plugins, declared))
  }
  return { models, plugins, objects, interfaces, prefixes }
}

/** An interface with the objects that other plugins let it stand for. */
function implemented(plugins: readonly Plugin[], declared: InterfaceDeclaration): InterfaceDeclaration {
  const others = plugins.flatMap((plugin) => plugin.implement?.[declared.name] ?? [])
  return others.length === 0 ? declared : { ...declared, objects: [...new Set([...declared.objects, ...others])] }
}

/** The object of that name. Throws CompositionError when nobody declares it. */
export function objectNamed(registry: Registry, name: string): ObjectType {
  const object = registry.objects.get(name)
  if (!object)
    throw new CompositionError(
      `No plugin declares an object ${name}. Declared: ${[...registry.objects.keys()].join(', ')}.`,
    )
  return object
}

/** The object that permissions call by this name, such as `account`. */
export function objectBySingular(registry: Registry, singular: string): ObjectType | undefined {
  for (const object of registry.objects.values()) if (object.singular === singular) return object
  return undefined
}
