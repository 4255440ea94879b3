import type { Column, Model } from '../../data/models/models.ts'
import type { Permission } from '../../declare/permission.ts'
import type { Plugin } from '../../declare/plugin.ts'
import { lacksPermission } from '../../permissions/detect-missing-grant.ts'
import { permissionSet } from '../../permissions/grants.ts'
import { limitedTo } from '../../permissions/limited-to.ts'
import { columnsOfField, foreignKey } from '../../registry/columns.ts'
import type { ObjectType, Registry } from '../../registry/object-type.ts'
import { listOf } from '../filter/operators.ts'
import type { Reading } from '../reading.ts'
import { missingReads } from '../tables/manifest-reads.ts'
import { alwaysShown } from '../tables/shown-columns.ts'
import { objectsOver } from '../tables/visible-table.ts'
import { SelectError } from './select-where.ts'
import { relationNamed } from './selected-relation.ts'

/** Returns a reading with the permissions that both the caller and the plugin's manifest have, as the plugin's code has. */
export function limitedToManifest(reading: Reading, plugin: Plugin): Reading {
  if (plugin.isCore) return reading
  const actor = limitedTo(reading.actor, permissionSet(plugin.permissions ?? []))
  // Decisions of access rules may depend on what the actor may do.
  return { ...reading, actor, decisions: new Map() }
}

/**
 * Checks that a plugin's manifest lets its code read a column of the record that has the field.
 * @throws SelectError with the missing permission.
 */
export function requirePermittedColumn(registry: Registry, plugin: Plugin, object: ObjectType, column: Column): void {
  if (plugin.isCore) return
  const permissions = missingOn(registry, plugin, object, column)
  if (permissions.length > 0) throw lacking(plugin, `${object.name}.${column.name}`, permissions)
  requirePermittedKey(registry, plugin, object.model, column)
}

/**
 * Checks that a plugin's manifest lets its code read the rows of a relation, with the columns in its options `select`,
 * `where` and `orderBy`. Relations in `select` are checked where they are compiled.
 * @throws SelectError with the missing permission.
 */
export function requirePermittedRelation(
  registry: Registry,
  pluginId: string,
  model: Model,
  name: string,
  options: Readonly<Record<string, unknown>>,
): void {
  const plugin = registry.plugins.find(({ id }) => id === pluginId)
  if (!plugin || plugin.isCore) return
  const { target } = relationNamed(registry.models, model, name)
  requirePermittedRows(registry, plugin, target)
  const selected = Object.entries(Object(options['select'])).flatMap(([key, wanted]) => (wanted === true ? [key] : []))
  const used = [...selected, ...conditionNames(options['where']), ...listOf(options['orderBy'] ?? []).flatMap(keysOf)]
  const objects = objectsOver({ registry }, target)
  for (const column of new Set(used.flatMap((key) => target.columns.get(key) ?? []))) {
    const missing = objects.map((object) => missingOn(registry, plugin, object, column))
    if (missing.length > 0 && missing.every((permissions) => permissions.length > 0))
      throw lacking(plugin, `${target.name}.${column.name}`, [...new Set(missing.flat())])
    requirePermittedKey(registry, plugin, target, column)
  }
}

function requirePermittedRows(registry: Registry, plugin: Plugin, model: Model): void {
  const permissions = missingReads(registry, plugin, model)
  if (permissions.length > 0) throw lacking(plugin, model.name, permissions)
}

/** Checks the column with the key of a relation: the id of a record that the code may not read is null. */
function requirePermittedKey(registry: Registry, plugin: Plugin, model: Model, column: Column): void {
  for (const relation of model.relations.values()) {
    const target = registry.models.models.get(relation.target)
    const isOfWorkspace = relation.columns.every((name) => name === 'workspaceId')
    if (target && !isOfWorkspace && foreignKey(model, relation) === column)
      requirePermittedRows(registry, plugin, target)
  }
}

/** Returns the permissions of which the manifest needs one to read a column of an object's records; none when it has it. */
function missingOn(registry: Registry, plugin: Plugin, object: ObjectType, column: Column): Permission[] {
  if (alwaysShown(object).includes(column.name)) return []
  const fields = [...object.fields.values()].filter((field) => columnsOfField(object, field).includes(column.name))
  const permissions: Permission[] =
    fields.length === 0
      ? [`${object.singular}:read`]
      : fields.map(({ name }) => `${object.singular}.${name}:read` as const)
  return permissions.every((permission) => lacksPermission(registry, plugin, permission)) ? permissions : []
}

/** Returns the names of the columns in a `where`. */
function conditionNames(where: unknown): string[] {
  return keysOf(where).flatMap((name) =>
    ['AND', 'OR', 'NOT'].includes(name) ? listOf(Reflect.get(Object(where), name)).flatMap(conditionNames) : [name],
  )
}

function keysOf(value: unknown): string[] {
  return Object.keys(Object(value))
}

function lacking({ id }: Plugin, what: string, permissions: readonly Permission[]): SelectError {
  return new SelectError(
    `its code gets ${what}, and the permissions of ${id} lack ${permissions.join(' or ')}. Add it to \`permissions\` of the manifest.`,
  )
}
