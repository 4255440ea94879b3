import type { Column, Model, Models } from '../../data/models/models.ts'
import { isRecordOf, type Row, workspaceOf } from '../../data/row.ts'
import { type Sql, sql } from '../../data/sql.ts'
import { foreignKey } from '../../registry/columns.ts'
import { oppositeNamed } from '../tables/related-model.ts'
import { SelectError } from './select-where.ts'

/** A relation of a model: the rows of the target that belong to a row. */
export interface SelectedRelation {
  readonly target: Model
  /** Column of the model with the id of the target's row; null when the target has the column, and for the workspace. */
  readonly key: Column | null
  /** Whether every row has a row of the target. */
  readonly isRequired: boolean
  readonly isList: boolean
  /** Returns the condition that a row of the target belongs to the row. */
  joins(row: Row, target: Row): Sql
}

/**
 * Returns a relation by its name in the composed schema: of the model itself, or the opposite `<Model>_<relation>` of
 * another model's relation.
 * @throws SelectError when there is none.
 */
export function relationNamed(composed: Models, model: Model, name: string): SelectedRelation {
  const relation = model.relations.get(name)
  if (relation) {
    const target = composed.models.get(relation.target)
    if (!target) throw new SelectError(`${model.name}.${name} leads to ${relation.target}, which is no model.`)
    const key = relation.columns.every((column) => column === 'workspaceId') ? null : foreignKey(model, relation)
    return {
      target,
      key,
      isRequired: relation.isRequired,
      isList: false,
      joins: (row, other) =>
        key ? isRecordOf(other, row, row.column(key.name)) : sql`${workspaceOf(other)} = ${workspaceOf(row)}`,
    }
  }
  const opposite = oppositeNamed(composed, model, name)
  if (!opposite) throw new SelectError(`${model.name} has no column and no relation ${name}.`)
  const { model: target, relation: declared } = opposite
  const key = foreignKey(target, declared)
  return {
    target,
    key: null,
    isRequired: true,
    isList: true,
    joins: (row, other) => isRecordOf(row, other, other.column(key.name)),
  }
}
