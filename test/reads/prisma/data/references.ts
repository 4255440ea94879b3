import type { Column, Model } from '../../../../src/platform/data/models/models.ts'
import type { Registry } from '../../../../src/platform/registry/object-type.ts'

/** Two columns of a model that refer to a record of one of several objects. */
export interface Reference {
  /** Column with the name of the record's object. */
  readonly type: Column
  readonly id: Column
  /** Names of the objects. */
  readonly objects: readonly string[]
  /** Whether the row is a part of a record, such as one of its `regarding`, so that it may refer to a deleted record. */
  readonly isPart: boolean
}

/** Objects whose records the references of the fixture lead to, where the API allows any object. */
const NODES = ['Account', 'Contact', 'Task', 'Interaction', 'Team']

/** Returns the references that are stored in a model's table. */
export function referencesOf(registry: Registry, model: Model): Reference[] {
  const references: Reference[] = []
  for (const object of registry.objects.values())
    for (const field of object.fields.values()) {
      if (field.kind !== 'declared') continue
      const { declaration } = field
      const isPart = declaration.kind === 'references'
      if (!isPart && declaration.kind !== 'reference') continue
      if ((isPart ? declaration.model : object.model.name) !== model.name) continue
      const type = model.columns.get(declaration.typeColumn)
      const id = model.columns.get(declaration.idColumn)
      if (!type || !id || type.isGenerated) continue
      const objects = registry.interfaces.get(declaration.to)?.objects ?? NODES
      references.push({ type, id, objects, isPart })
    }
  return references
}

/** Returns the values of the discriminator of an object. */
export function variantKinds(registry: Registry, object: string): readonly string[] {
  return [...(registry.objects.get(object)?.variants.keys() ?? [])]
}
