import { type Row, recordExists, rowOf, tableOf } from '../../data/row.ts'
import { and, hiddenFromPlanner, join, raw, type Sql, sql } from '../../data/sql.ts'
import { invalid, type UserError } from '../../declare/rules/user-errors.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { type Restricting, restricting } from './restricting.ts'

/** Whether records of the object may have to stay because others refer to them by a relation with `onDelete: Restrict`. */
export function isRestricted({ context }: UnitOfWork, object: ObjectType): boolean {
  return restricting(context.runtime.registry, object.model).length > 0
}

/**
 * Returns an error when records that are not soft-deleted refer to a record by a relation with `onDelete: Restrict`;
 * records that are hidden from the caller count too. The record has to be locked for `delete`, so that no other
 * transaction lets a record refer to it meanwhile. Sends one statement, or none when there is no such relation.
 */
export async function stillReferredTo(work: UnitOfWork, object: ObjectType, id: string): Promise<UserError | null> {
  const relations = restricting(work.context.runtime.registry, object.model)
  if (relations.length === 0) return null
  const selects = relations.map(
    (relation) =>
      sql`select ${relation.label}::text as label where exists (${referringRows(work, object, relation, id)})`,
  )
  const rows = await work.transaction.query<{ label: string }>(join(selects, ' union '))
  if (rows.length === 0) return null
  const labels = rows.map(({ label }) => label).toSorted()
  return invalid(
    ['input', 'id'],
    `The ${object.name} is in use by ${labels.join(', ')}. Delete the records that refer to it first, or let them refer to another ${object.name}.`,
  )
}

/** Returns a query of the rows that refer to a record by a relation. */
function referringRows(
  { transaction }: UnitOfWork,
  object: ObjectType,
  { model, key, owners }: Restricting,
  id: string,
): Sql {
  const row = rowOf(raw('r'), model)
  const isOfOwners = owners.map(({ object: owner, by }, index) => {
    const record = rowOf(raw(`o${index}`), owner.model)
    return recordExists(record, row, row.column(by.name), [isNotDeleted(record)])
  })
  const conditions = [
    sql`${row.column('workspaceId')} = ${hiddenFromPlanner(transaction.workspaceId)}`,
    sql`${row.column(key.name)} = ${id}::uuid`,
    // A record may refer to itself.
    ...(model.name === object.model.name ? [sql`${row.column('id')} <> ${id}::uuid`] : []),
    ...(model.columns.has('deletedAt') ? [isNotDeleted(row)] : []),
    ...isOfOwners,
  ]
  return sql`select from ${tableOf({ model }, row)} where ${and(conditions)}`
}

function isNotDeleted(row: Row): Sql {
  return sql`${row.column('deletedAt')} is null`
}
