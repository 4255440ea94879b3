import type { Column, Model, Relation } from '../../data/models/models.ts'
import { partsOf } from '../../reads/tables/parts.ts'
import type { ObjectType, Registry } from '../../registry/object-type.ts'

/** A relation with `onDelete: Restrict`, seen from the records that it leads to. */
export interface Restricting {
  /** Model of the rows that refer to the record. */
  readonly model: Model
  /** Column with the id of the record. */
  readonly key: Column
  /** `<object>.<field>` for messages, such as `Lease.unit`. */
  readonly label: string
  /** The records that a row belongs to, such as the lease of an item. Without them, the row does not count. */
  readonly owners: readonly { readonly object: ObjectType; readonly by: Column }[]
}

const restrictingByRegistry = new WeakMap<Registry, ReadonlyMap<string, readonly Restricting[]>>()

/** Returns the relations with `onDelete: Restrict` that lead to the records of a model. */
export function restricting(registry: Registry, target: Model): readonly Restricting[] {
  const cached = restrictingByRegistry.get(registry) ?? findRestricting(registry)
  restrictingByRegistry.set(registry, cached)
  return cached.get(target.name) ?? []
}

function findRestricting(registry: Registry): ReadonlyMap<string, readonly Restricting[]> {
  const found = [...registry.models.models.values()].flatMap((model) =>
    [...model.relations.values()].flatMap((relation) => {
      const key = restrictedKey(model, relation)
      return key ? [{ target: relation.target, ...describe(registry, model, key, relation.name), model, key }] : []
    }),
  )
  return Map.groupBy(found, ({ target }) => target)
}

/** Returns the column with the record's id of a relation with `onDelete: Restrict`; null for any other relation. */
export function restrictedKey({ columns }: Model, relation: Relation): Column | null {
  if (!relation.restrictsDelete) return null
  const name = relation.columns.find((_, index) => relation.references[index] === 'id')
  return columns.get(name ?? '') ?? null
}

/** Returns the name of a relation as the API shows it, and the records that a row with it belongs to. */
function describe(
  registry: Registry,
  model: Model,
  key: Column,
  relation: string,
): Pick<Restricting, 'label' | 'owners'> {
  const name = objectNameOf(registry, model)
  if (name !== null) return { label: `${name}.${relation}`, owners: [] }
  // A link between two records is a part of both: the one that the relation leads to does not keep itself from deletion.
  const parts = partsOf(registry, model).filter(({ by }) => by.name !== key.name)
  const [part] = parts
  return {
    label: part ? `${part.object.name}.${part.field ?? relation}` : `${model.name}.${relation}`,
    owners: parts.filter(({ object }) => object.isSoftDeleted),
  }
}

/** Returns the name of the object whose records the rows of a model are; null when they are records of none. */
export function objectNameOf({ objects }: Registry, model: Model): string | null {
  return [...objects.values()].find((object) => object.model.name === model.name)?.name ?? null
}
