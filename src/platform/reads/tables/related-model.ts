import type { Model, Models, Relation } from '../../data/models/models.ts'

/** A relation as the model that it leads to knows it. */
interface OppositeRelation {
  /** Model that declares the relation and has its foreign key. */
  readonly model: Model
  readonly relation: Relation
}

/**
 * Returns the relation of another model to this one whose opposite has this name in the composed models:
 * `Account_parent` for the accounts whose `parent` a record is. Null when there is none.
 */
export function oppositeNamed({ models }: Models, model: Model, name: string): OppositeRelation | null {
  const [, otherName = '', relationName = ''] = /^(.+)_(\w+)$/.exec(name) ?? []
  const other = models.get(otherName)
  const relation = other?.relations.get(relationName)
  return other && relation?.target === model.name ? { model: other, relation } : null
}

/**
 * Returns the models that the arguments of a call of Prisma's reach: the model itself, and those of the relations in its
 * `select`, `include`, `where`, `orderBy` and `_count`, at any depth.
 */
export function reachedModels(models: Models, model: Model, args: unknown): ReadonlySet<Model> {
  const reached = new Set([model])
  collect(models, model, args, reached)
  return reached
}

function collect(models: Models, model: Model, value: unknown, reached: Set<Model>): void {
  if (value === null || typeof value !== 'object') return
  if (Array.isArray(value)) {
    for (const element of value) collect(models, model, element, reached)
    return
  }
  for (const [name, part] of Object.entries(value)) {
    // The value of a column is data.
    if (part === false || part === undefined || model.columns.has(name)) continue
    const relation = model.relations.get(name)
    const target = relation ? models.models.get(relation.target) : oppositeNamed(models, model, name)?.model
    if (target) reached.add(target)
    collect(models, target ?? model, part, reached)
  }
}
