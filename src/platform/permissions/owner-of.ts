import { isRecordOf, type Row, rowOf, tableOf } from '../data/row.ts'
import { join, type Sql, sql } from '../data/sql.ts'
import type { ObjectType, OwnershipSource } from '../registry/object-type.ts'
import type { AccessContext } from './access-context.ts'

/**
 * Returns SQL for the id of the owner of a record: the actor to whom `ownedBy` leads, or the creator where it leads to
 * nobody. Returns null for an object that has neither: its records have no owner.
 */
export function ownerOf(context: AccessContext, { ownership }: ObjectType, row: Row): Sql | null {
  const { owner, creator } = ownership
  const ids = [...(owner ? [storedId(context, owner, row)] : []), ...(creator ? [row.column(creator.name)] : [])]
  if (ids.length === 0) return null
  return ids.length === 1 ? join(ids) : sql`coalesce(${join(ids)})`
}

/** Returns SQL for the id of the team to which a record belongs; null for an object whose records have no team. */
export function teamOf(context: AccessContext, { ownership }: ObjectType, row: Row): Sql | null {
  return ownership.team && storedId(context, ownership.team, row)
}

/**
 * Returns SQL for the owner or team of a record. Where another record has it, that record is looked up by its primary
 * key for each row, whoever may see it and whether it is soft-deleted or not: a subquery of all such records would be
 * computed for every check of a single record too.
 */
function storedId(context: AccessContext, { key, via }: OwnershipSource, row: Row): Sql {
  if (!via) return row.column(key.name)
  const record = rowOf(context.alias(), via.model)
  return sql`(select ${record.column(via.column.name)} from ${tableOf(via, record)} where ${isRecordOf(record, row, row.column(key.name))})`
}
