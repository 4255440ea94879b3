import type { Model } from '../../data/models/models.ts'
import type { Permission } from '../../declare/permission.ts'
import type { Plugin } from '../../declare/plugin.ts'
import { lacksPermission } from '../../permissions/detect-missing-grant.ts'
import type { ObjectType, Registry } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import { type Part, partsOf } from './parts.ts'
import { objectsOver } from './visible-table.ts'

/**
 * Returns the permissions to read of which a plugin's manifest needs one, when it lets the plugin read no row of a model:
 * neither as records of an object nor as parts of records. Then the plugin's code would find no rows, whoever the caller
 * is. An empty list when it lets the plugin read some, and for a model of which the API shows nothing.
 */
export function missingReads(registry: Registry, plugin: Plugin, model: Model): readonly Permission[] {
  if (plugin.isCore) return []
  const missing = waysToRead(registry, model).map((way) =>
    way.find((permission) => lacksPermission(registry, plugin, permission)),
  )
  return missing.includes(undefined) ? [] : [...new Set(missing.flatMap((permission) => permission ?? []))]
}

/** Returns the ways in which rows of a model are read: for each, all the permissions that it needs. */
function waysToRead(registry: Registry, model: Model): Permission[][] {
  return [
    ...objectsOver({ registry }, model).map((object) => [
      readOf(object),
      ...(object.visibleWith ? [readOf(objectNamed(registry, object.visibleWith.object))] : []),
    ]),
    ...partsOf(registry, model).map(readsOfPart),
  ]
}

function readsOfPart({ object, field, to }: Part): Permission[] {
  return [
    readOf(object),
    ...(field === null ? [] : [readOf(object, field)]),
    ...(to && 'object' in to ? [readOf(to.object)] : []),
  ]
}

function readOf(object: ObjectType, field: string | null = null): Permission {
  return `${object.singular}${field === null ? '' : `.${field}`}:read`
}
