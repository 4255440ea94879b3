import { inSameWorkspace, rowOf, tableOf } from '../../data/row.ts'
import { and, join, sql } from '../../data/sql.ts'
import { notFound, type UserError } from '../../declare/rules/user-errors.ts'
import { visibilityConditions } from '../../permissions/visible.ts'
import type { Reading } from '../../reads/reading.ts'
import { objectNamed } from '../../registry/registry.ts'
import type { UnitOfWork } from '../../request/context.ts'
import type { Target } from './parse.ts'

/**
 * Returns an error for each target that is not visible to the caller. A target is a record to which an input refers,
 * such as the account of a new contact. The error is the same for a record that does not exist, is soft-deleted or is
 * hidden. Sends one statement, whatever the number of targets.
 */
export async function missingTargets(
  work: UnitOfWork,
  reading: Reading,
  targets: readonly Target[],
): Promise<UserError[]> {
  if (targets.length === 0) return []
  const uuidsByObject = new Map<string, Set<string>>()
  for (const { object, uuid } of targets) uuidsByObject.set(object, (uuidsByObject.get(object) ?? new Set()).add(uuid))
  const selects = [...uuidsByObject].map(([name, uuids]) => {
    const object = objectNamed(reading.registry, name)
    const row = rowOf(reading.alias(), object.model)
    const condition = and([
      inSameWorkspace(reading, row),
      sql`${row.column('id')} = any(${[...uuids]}::uuid[])`,
      ...visibilityConditions(reading, object, row),
    ])
    return sql`select ${name}::text as object, ${row.column('id')} as uuid from ${tableOf(object, row)} where ${condition}`
  })
  const rows = await work.transaction.query<{ object: string; uuid: string }>(sql`${join(selects, ' union all ')}`)
  const visible = new Set(rows.map(({ object, uuid }) => `${object} ${uuid}`))
  return targets
    .filter(({ object, uuid }) => !visible.has(`${object} ${uuid}`))
    .map(({ path, object }) => notFound(path, object))
}
