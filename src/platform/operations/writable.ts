import { forbidden, forbiddenRecord } from '../access/forbidden.ts'
import { canField } from '../access/permissions.ts'
import { and, type Sql, sql } from '../data/sql.ts'
import { isSensitive } from '../reads/guard.ts'
import { rowOf, workspaceOf } from '../reads/reading.ts'
import { tableOf } from '../reads/record.ts'
import { accessConditions } from '../reads/record-access.ts'
import { startReading } from '../reads/start.ts'
import type { ObjectType } from '../schema/registry.ts'
import type { Values, Work } from './define.ts'
import type { InputSpec } from './inputs.ts'

/** Throws FORBIDDEN unless the caller may write each field that an input holds: `create` or `update`. */
export function requireWritable(
  work: Work,
  object: ObjectType,
  specs: readonly InputSpec[],
  input: Values,
  action: 'create' | 'update',
): void {
  const { actor } = work.context
  for (const { name, field } of specs) {
    if (input[name] === undefined) continue
    if (!canField(actor, object.singular, action, field, isSensitive(object, field)))
      throw forbidden(`${object.singular}.${field}:${action}`, `Writing ${object.name}.${name}`)
  }
}

/** How far the caller reaches a record: not at all, which is as if it were not there; as a reader; or to do this to it. */
export async function reachOf(
  work: Work,
  object: ObjectType,
  id: string,
  action: string,
): Promise<'HIDDEN' | 'SEEN' | 'REACHED'> {
  const { registry, schema } = work.context.runtime
  const reading = startReading({ schema, fragments: {}, variables: {}, registry, actor: work.context.actor })
  const row = rowOf(reading.alias(), object.model)
  const seen = accessConditions(reading, object, row, 'read')
  const reached = accessConditions(reading, object, row, action)
  // Whoever may not read anything may have been given the right to write alone: then they write what they can't see.
  if (!reached && !seen?.length) return seen ? 'SEEN' : 'HIDDEN'
  if (reached?.length === 0 && (!seen || seen.length === 0)) return 'REACHED'
  const met = (conditions: readonly Sql[]) => sql`coalesce(${and(conditions)}, false)`
  const [found] = await work.transaction.query<{ seen: boolean; reached: boolean }>(
    sql`select ${met(seen ?? [])} as seen, ${met(reached ?? [sql`false`])} as reached from ${tableOf(object, row)}
        where ${workspaceOf(row)} = ${work.transaction.workspaceId}::uuid and ${row.column('id')} = ${id}::uuid`,
  )
  if (!found?.seen) return 'HIDDEN'
  if (found.reached) return 'REACHED'
  return seen ? 'SEEN' : 'HIDDEN'
}

/** Throws FORBIDDEN unless the caller, whose permission to create reaches some records only, reaches those just made. */
export async function requireReached(work: Work, object: ObjectType, ids: readonly string[]): Promise<void> {
  const { registry, schema } = work.context.runtime
  const reading = startReading({ schema, fragments: {}, variables: {}, registry, actor: work.context.actor })
  const row = rowOf(reading.alias(), object.model)
  const reached = accessConditions(reading, object, row, 'create')
  if (reached?.length === 0 || ids.length === 0) return
  const conditions = [
    sql`${workspaceOf(row)} = ${work.transaction.workspaceId}::uuid`,
    sql`${row.column('id')} = any(${[...ids]}::uuid[])`,
    ...(reached ?? [sql`false`]),
  ]
  const found = await work.transaction.query(sql`select from ${tableOf(object, row)} where ${and(conditions)}`)
  if (found.length < ids.length) throw forbiddenRecord(`${object.singular}:create`, object.name)
}
