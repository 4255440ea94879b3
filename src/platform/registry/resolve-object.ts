import type { Models } from '../data/models/models.ts'
import { CHANGE_OPERATIONS } from '../declare/change.ts'
import { many } from '../declare/objects/fields.ts'
import type { ItemDeclaration } from '../declare/objects/item.ts'
import type { ObjectDeclaration, VariantDeclaration, View } from '../declare/objects/object.ts'
import type { Plugin } from '../declare/plugin.ts'
import type { Extension, OwnedVariant } from './additions.ts'
import { CompositionError } from './composition-error.ts'
import { CORE } from './declaring-plugins.ts'
import type { Condition, Field, ObjectType, RecordType, Registry, Variant } from './object-type.ts'
import { ownershipOf } from './ownership.ts'
import { columnNamed, modelNamed, resolveFields } from './resolve-fields.ts'

const HISTORY = many({
  description: 'Writes of the record, the latest first: who did them and when, with old and new values.',
  object: 'AuditEntry',
  by: 'recordId',
  defaultOrder: [{ field: 'version', direction: 'DESC' }],
  only: { column: 'operation', in: CHANGE_OPERATIONS },
})
// An object publishes each of these columns and relations that its model has. Clients can't write them.
const RECORD_COLUMNS = ['id', 'version', 'createdAt', 'updatedAt', 'deletedAt'] as const
const RECORD_RELATIONS = ['createdBy', 'updatedBy'] as const

/**
 * Resolves an item, a link or the detail of a variant against its model.
 * @throws CompositionError when the model, a column or a relation does not exist.
 */
export function resolveItem(models: Models, pluginId: string, declaration: ItemDeclaration): RecordType {
  const model = modelNamed(models, pluginId, declaration.model)
  const name = declaration.name ?? declaration.model
  return {
    name,
    description: declaration.description ?? model.description ?? name,
    model,
    fields: resolveFields(
      pluginId,
      name,
      model,
      declaration.columns,
      declaration.relations ?? {},
      declaration.fields ?? {},
    ),
  }
}

/**
 * Resolves a view, such as `viewer`: a GraphQL type over the model `Actor`, because its fields are computed from the
 * caller's actor.
 */
export function resolveView(registry: Registry, pluginId: string, view: View): RecordType {
  const model = modelNamed(registry.models, pluginId, 'Actor')
  return {
    name: view.name,
    description: view.description,
    model,
    fields: resolveFields(pluginId, view.name, model, {}, {}, view.fields),
  }
}

/**
 * Resolves a declared object against its model: replaces names of columns and relations by their descriptions, and adds
 * the fields and conditions that other plugins declare for the object.
 * @throws CompositionError when two fields have the same name, or a name does not exist in the model.
 */
export function resolveObject(
  models: Models,
  plugin: Plugin,
  declaration: ObjectDeclaration,
  variants: readonly OwnedVariant[],
  added: { readonly fields: readonly Extension[]; readonly conditions: readonly Condition[] },
): ObjectType {
  const pluginId = plugin.id
  const model = modelNamed(models, pluginId, declaration.model)
  const name = declaration.name ?? declaration.model
  const fields = new Map<string, Field>()
  const add = (field: Field) => {
    const existing = fields.get(field.name)
    if (existing)
      throw new CompositionError(
        `Field ${name}.${field.name} is declared by both ${existing.pluginId} and ${field.pluginId}. Rename one.`,
      )
    fields.set(field.name, field)
  }
  const recordColumns = Object.fromEntries(
    RECORD_COLUMNS.filter((column) => model.columns.has(column)).map((column) => [column, { input: false }] as const),
  )
  const recordRelations = Object.fromEntries(
    RECORD_RELATIONS.filter((relation) => model.relations.has(relation)).map(
      (relation) => [relation, { input: false }] as const,
    ),
  )
  const columns = { ...recordColumns, ...declaration.columns }
  const relations = { ...recordRelations, ...declaration.relations }
  for (const field of resolveFields(pluginId, name, model, columns, relations, declaration.fields ?? {}).values())
    add(field)
  const softDelete = declaration.writes?.find((write) => write === 'delete' || write === 'restore')
  if (softDelete && !model.columns.has('deletedAt'))
    throw new CompositionError(
      `${pluginId}: ${name} has the write ${softDelete}, so model ${model.name} needs a column deletedAt.`,
    )
  if (declaration.writes && declaration.writes.length > 0)
    add({ kind: 'declared', name: 'history', pluginId: 'platform', isSensitive: false, declaration: HISTORY })
  for (const extension of added.fields) {
    for (const [field, fieldDeclaration] of Object.entries(extension.fields))
      add({
        kind: 'declared',
        name: field,
        pluginId: extension.pluginId,
        isSensitive: fieldDeclaration.sensitive === true,
        declaration: fieldDeclaration,
      })
  }
  const column = (columnName: string | undefined) =>
    columnName ? columnNamed(pluginId, name, model, columnName) : null
  const restriction = column(declaration.where?.column)
  return {
    name,
    pluginId,
    description: declaration.description ?? model.description ?? name,
    model,
    fields,
    prefix: declaration.prefix,
    plural: declaration.plural ?? null,
    singular: name.charAt(0).toLowerCase() + name.slice(1),
    where: restriction && declaration.where ? { column: restriction, equals: declaration.where.equals } : null,
    discriminator: column(declaration.discriminator),
    variants: resolveVariants(models, name, fields, declaration.prefix, variants),
    conditions: resolveConditions(name, fields, added.conditions),
    search: column(declaration.search),
    searchedFields: declaration.searchedFields ?? null,
    ownership: ownershipOf(models, pluginId, model, declaration),
    visibleWith: declaration.visibleWith ?? null,
    auditsReads: declaration.auditsReads === true,
    naturalKey: declaration.naturalKey ?? [],
    writes: new Set(declaration.writes ?? []),
    schemaFields: new Map(),
    isSoftDeleted: model.columns.has('deletedAt'),
    isNode: model.columns.has('id') && !model.isView,
  }
}

/** Returns the variants of an abstract object, by the discriminator's value. */
function resolveVariants(
  models: Models,
  object: string,
  fields: ReadonlyMap<string, Field>,
  prefix: string,
  variants: readonly OwnedVariant[],
): Map<string, Variant> {
  const resolvedVariants = new Map<string, Variant>()
  for (const { pluginId, variant } of variants) {
    const existing = resolvedVariants.get(variant.kind)
    if (existing)
      throw new CompositionError(
        `Variant ${variant.kind} of ${object} is declared by both ${existing.pluginId} and ${pluginId}. Rename one.`,
      )
    const resolved = resolveVariant(models, pluginId, prefix, variant)
    for (const field of resolved.detail?.fields.keys() ?? []) {
      const shared = fields.get(field)
      if (shared)
        throw new CompositionError(
          `Field ${variant.name}.${field} of ${pluginId} has the name of a field of ${object}, which ${shared.pluginId} declares. Rename it.`,
        )
    }
    resolvedVariants.set(variant.kind, resolved)
  }
  return resolvedVariants
}

/** Names by which every filter combines conditions. No declared condition may have such a name. */
const CONNECTIVES: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT'])

/** Returns the conditions of the object's filter, by name. */
function resolveConditions(
  object: string,
  fields: ReadonlyMap<string, Field>,
  conditions: readonly Condition[],
): Map<string, Condition> {
  const resolved = new Map<string, Condition>()
  for (const condition of conditions) {
    const { name, pluginId } = condition
    const owner = fields.get(name)?.pluginId ?? resolved.get(name)?.pluginId ?? (CONNECTIVES.has(name) ? CORE : null)
    if (owner !== null)
      throw new CompositionError(
        `${object}Filter.${name} is declared by both ${owner} and ${pluginId}. Rename it in ${pluginId}.`,
      )
    resolved.set(name, condition)
  }
  return resolved
}

function resolveVariant(models: Models, pluginId: string, prefix: string, variant: VariantDeclaration): Variant {
  return {
    pluginId,
    name: variant.name,
    description: variant.description,
    kind: variant.kind,
    prefix: variant.prefix ?? prefix,
    detail: variant.detail ? resolveItem(models, pluginId, variant.detail) : null,
    object: variant.isObject ? variant.name : null,
  }
}
