import type { Column, Model } from '../../data/models/models.ts'
import type { FieldDeclaration } from '../../declare/objects/fields.ts'
import { columnOrForeignKey } from '../../registry/columns.ts'
import type { ObjectType, RecordType, Registry } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import { resolveItem } from '../../registry/resolve-object.ts'

/** A field by which the rows of a table that backs no object are read with the records of an object. */
export interface Part {
  /** Object that has the field. */
  readonly object: ObjectType
  /** Name of the field; null for the table with the fields of a variant, each of which has a permission of its own. */
  readonly field: string | null
  /** Columns that are published, as the type of an item or of a variant's detail. */
  readonly type: RecordType
  /** Column with the id of the object's record. */
  readonly by: Column
  /** The other record of a link, which has to be visible too; null when the rows link to no other record. */
  readonly to: LinkedRecord | null
}

/** The other record of a link: of one object, or of any object of an interface, whose name a column holds. */
export type LinkedRecord =
  | { readonly object: ObjectType; readonly id: Column }
  | { readonly interface: string; readonly type: Column; readonly id: Column }

const partsByRegistry = new WeakMap<Registry, ReadonlyMap<string, readonly Part[]>>()

/** Returns the fields by which the rows of a model are read: items, links, references and details of variants. */
export function partsOf(registry: Registry, model: Model): readonly Part[] {
  return partsByModel(registry).get(model.name) ?? []
}

/** Returns the fields by which the rows of other models are read with the records of objects, by the model's name. */
export function partsByModel(registry: Registry): ReadonlyMap<string, readonly Part[]> {
  const cached = partsByRegistry.get(registry)
  const parts = cached ?? findParts(registry)
  if (!cached) partsByRegistry.set(registry, parts)
  return parts
}

function findParts(registry: Registry): ReadonlyMap<string, readonly Part[]> {
  const parts = new Map<string, Part[]>()
  const add = (part: Part) => parts.set(part.type.model.name, [...(parts.get(part.type.model.name) ?? []), part])
  for (const object of registry.objects.values()) {
    for (const { name, part } of fieldParts(registry, object)) add({ ...part, object, field: name })
    for (const { detail } of object.variants.values()) {
      const by = detail?.model.columns.get('id')
      if (detail && by) add({ object, field: null, type: detail, by, to: null })
    }
  }
  return parts
}

function fieldParts(registry: Registry, object: ObjectType) {
  return [...object.fields.values()].flatMap((field) => {
    const part = field.kind === 'declared' ? partOf(registry, field.pluginId, field.declaration) : null
    return part ? [{ name: field.name, part }] : []
  })
}

function partOf(
  registry: Registry,
  pluginId: string,
  declaration: FieldDeclaration,
): Pick<Part, 'type' | 'by' | 'to'> | null {
  const { models } = registry
  if (declaration.kind === 'items') {
    const type = resolveItem(models, pluginId, declaration.item)
    return { type, by: columnOrForeignKey(type.model, declaration.by), to: null }
  }
  if (declaration.kind === 'many' && declaration.link) {
    const { item, by, to } = declaration.link
    const type = resolveItem(models, pluginId, item)
    const { model } = type
    const linked = { object: objectNamed(registry, declaration.object), id: columnOrForeignKey(model, to) }
    return { type, by: columnOrForeignKey(model, by), to: linked }
  }
  if (declaration.kind === 'references') {
    const { by, typeColumn, idColumn } = declaration
    const type = resolveItem(models, pluginId, {
      model: declaration.model,
      columns: { [typeColumn]: {}, [idColumn]: {} },
    })
    const column = (name: string) => columnOrForeignKey(type.model, name)
    return {
      type,
      by: column(by),
      to: { interface: declaration.to, type: column(typeColumn), id: column(idColumn) },
    }
  }
  return null
}
