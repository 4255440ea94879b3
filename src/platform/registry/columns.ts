import type { Column, Model, Relation } from '../data/models/models.ts'
import { CompositionError } from './composition-error.ts'
import type { Field, RecordType } from './object-type.ts'

/**
 * Returns the column in which a relation stores the other record's id.
 * @throws CompositionError when `workspaceId` is the relation's only column.
 */
export function foreignKey(model: Model, relation: Relation): Column {
  const name = relation.columns.find((column) => column !== 'workspaceId')
  const column = name ? model.columns.get(name) : undefined
  if (!column)
    throw new CompositionError(`Relation ${model.name}.${relation.name} has no column other than workspaceId.`)
  return column
}

/**
 * Returns the column with this name, or the foreign key of the relation with this name.
 * @throws CompositionError when the model has no column or relation with this name.
 */
export function columnOrForeignKey(model: Model, name: string): Column {
  const relation = model.relations.get(name)
  if (relation) return foreignKey(model, relation)
  const column = model.columns.get(name)
  if (!column) throw new CompositionError(`Model ${model.name} has no column or relation ${name}.`)
  return column
}

/** Returns the names of the columns that store a field. */
export function columnsOfField({ model }: RecordType, field: Field): readonly string[] {
  if (field.kind === 'column') return [field.column.name]
  if (field.kind === 'one') return [foreignKey(model, field.relation).name]
  const { declaration } = field
  if (declaration.kind === 'money') return [declaration.amount, declaration.currency]
  return declaration.kind === 'reference' ? [declaration.typeColumn, declaration.idColumn] : []
}
