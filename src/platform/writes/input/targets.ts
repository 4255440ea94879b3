import { inSameWorkspace, rowOf, tableOf } from '../../data/row.ts'
import { and, join, sql } from '../../data/sql.ts'
import { notFound, type UserError } from '../../declare/rules/user-errors.ts'
import { visibilityConditions } from '../../permissions/visible.ts'
import type { Reading } from '../../reads/reading.ts'
import { objectNamed } from '../../registry/registry.ts'
import type { UnitOfWork } from '../../request/context.ts'
import type { Target } from './parse.ts'

/** Errors for the targets that the caller can't see: missing, put away or hidden alike. One statement, whatever their number. */
export async function missingTargets(
  work: UnitOfWork,
  reading: Reading,
  targets: readonly Target[],
): Promise<UserError[]> {
  if (targets.length === 0) return []
  const byObject = new Map<string, Set<string>>()
  for (const { object, uuid } of targets) byObject.set(object, (byObject.get(object) ?? new Set()).add(uuid))
  const selects = [...byObject].map(([name, uuids]) => {
    const object = objectNamed(reading.registry, name)
    const row = rowOf(reading.alias(), object.model)
    const met = and([
      inSameWorkspace(reading, row),
      sql`${row.column('id')} = any(${[...uuids]}::uuid[])`,
      ...visibilityConditions(reading, object, row),
    ])
    return sql`select ${name}::text as object, ${row.column('id')} as uuid from ${tableOf(object, row)} where ${met}`
  })
  const found = await work.transaction.query<{ object: string; uuid: string }>(sql`${join(selects, ' union all ')}`)
  const known = new Set(found.map(({ object, uuid }) => `${object} ${uuid}`))
  return targets
    .filter(({ object, uuid }) => !known.has(`${object} ${uuid}`))
    .map(({ path, object }) => notFound(path, object))
}
