import type { FieldDeclaration } from '../declare/objects/fields.ts'
import type { VariantDeclaration } from '../declare/objects/object.ts'
import type { Plugin } from '../declare/plugin.ts'
import type { Condition } from './object-type.ts'

/** Fields that a plugin adds to an object of another plugin. */
export interface Extension {
  readonly pluginId: string
  readonly fields: Readonly<Record<string, FieldDeclaration>>
}

/** A variant and the plugin that declares it. */
export interface OwnedVariant {
  readonly pluginId: string
  readonly variant: VariantDeclaration
}

/** Returns the conditions that plugins add to the filter of an object. */
export function conditionsOf(plugins: readonly Plugin[], object: string): Condition[] {
  return plugins.flatMap((plugin) =>
    Object.entries(plugin.conditions?.[object] ?? {}).map(([name, declaration]) => ({
      name,
      pluginId: plugin.id,
      declaration,
    })),
  )
}

/** Returns the fields that plugins add to an object of another plugin. */
export function extensionsOf(plugins: readonly Plugin[], object: string): Extension[] {
  return plugins.flatMap((plugin) => {
    const fields = plugin.extend?.[object]
    return fields ? [{ pluginId: plugin.id, fields }] : []
  })
}
