import { rowOf, tableOf } from '../../data/row.ts'
import { join, sql } from '../../data/sql.ts'
import { storedFilterCondition } from '../../permissions/stored-filter.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { startFinding } from '../start-reading.ts'

/**
 * Returns for each stored filter of an object whether a record meets it, whoever asks: somebody who may use all of its
 * fields wrote the filter. One statement, whatever the number of filters. A filter that is not valid any more, such as
 * one with a condition of a plugin that was removed, is met by every record: what it asks for must not be skipped.
 * @param id uuid of the record
 */
export async function meetsStoredFilters(
  work: UnitOfWork,
  object: ObjectType,
  id: string,
  filters: readonly unknown[],
): Promise<boolean[]> {
  if (filters.length === 0) return []
  const reading = startFinding(work.context)
  const row = rowOf(reading.alias(), object.model)
  const conditions = filters.map(
    (filter) => sql`coalesce(${storedFilterCondition(reading, object, row, filter, true)}, false)`,
  )
  const [found] = await work.transaction.query<{ met: boolean[] }>(
    sql`select array[${join(conditions)}] as met from ${tableOf(object, row)}
      where ${row.column('workspaceId')} = ${work.transaction.workspaceId}::uuid and ${row.column('id')} = ${id}::uuid`,
  )
  return found?.met ?? filters.map(() => false)
}
