import type { Column, Model, Relation } from '../data/models/models.ts'
import { CompositionError } from './composition-error.ts'

/** The column a relation keeps the other record's id in. */
export function foreignKey(model: Model, relation: Relation): Column {
  const name = relation.columns.find((column) => column !== 'workspaceId')
  const column = name ? model.columns.get(name) : undefined
  if (!column)
    throw new CompositionError(`Relation ${model.name}.${relation.name} has no column of its own beside workspaceId.`)
  return column
}

/** The column named, or the one behind the relation named. */
export function columnOrForeignKey(model: Model, name: string): Column {
  const relation = model.relations.get(name)
  if (relation) return foreignKey(model, relation)
  const column = model.columns.get(name)
  if (!column) throw new CompositionError(`Model ${model.name} has no column or relation ${name}.`)
  return column
}
