import { inSameWorkspace, rowOf, tableOf } from '../data/row.ts'
import { and, type Sql, sql } from '../data/sql.ts'
import type { Scope } from '../declare/permission.ts'
import type { Values } from '../declare/rules/values.ts'
import { forbidden, forbiddenRecord } from '../permissions/forbidden.ts'
import { fieldScopes } from '../permissions/grants.ts'
import { isSensitive } from '../permissions/guard.ts'
import { accessConditions, scopeConditions } from '../permissions/record-access.ts'
import { startFinding } from '../reads/start-reading.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { UnitOfWork } from '../request/context.ts'
import type { InputSpec } from './input/input-specs.ts'

/** A field that the caller may write of some records only. */
export interface LimitedField {
  readonly field: string
  readonly scopes: readonly ReadonlySet<Scope>[]
}

/**
 * Throws FORBIDDEN unless the caller may write each field that an input holds: `create` or `update`. Answers those that they may
 * write of some of the records that they reach, for `requireFieldAccess`.
 */
export function requireWritable(
  work: UnitOfWork,
  object: ObjectType,
  specs: readonly InputSpec[],
  input: Values,
  action: 'create' | 'update',
): readonly LimitedField[] {
  const { actor } = work.context
  return specs.flatMap(({ name, field }) => {
    if (input[name] === undefined) return []
    const scopes = fieldScopes(actor, object.singular, action, field, isSensitive(object, field))
    if (!scopes) throw forbidden(`${object.singular}.${field}:${action}`, `Writing ${object.name}.${name}`)
    return scopes.length === 0 ? [] : [{ field, scopes }]
  })
}

/** Throws FORBIDDEN unless each of the fields may be written of each of the records, as they stand. */
export async function requireFieldAccess(
  work: UnitOfWork,
  object: ObjectType,
  ids: readonly string[],
  fields: readonly LimitedField[],
  action: 'create' | 'update',
): Promise<void> {
  const [first] = fields
  if (!first || ids.length === 0) return
  const reading = startFinding(work.context)
  const row = rowOf(reading.alias(), object.model)
  const met = [
    inSameWorkspace(reading, row),
    sql`${row.column('id')} = any(${[...ids]}::uuid[])`,
    ...fields.flatMap(({ scopes }) => scopeConditions(reading, object, row, action, scopes)),
  ]
  const found = await work.transaction.query(sql`select from ${tableOf(object, row)} where ${and(met)}`)
  if (found.length < ids.length) throw forbiddenRecord(`${object.singular}.${first.field}:${action}`, object.name)
}

/** How far the caller reaches a record: not at all, which is as if it were not there; as a reader; or to do this to it. */
export async function accessTo(
  work: UnitOfWork,
  object: ObjectType,
  id: string,
  action: string,
): Promise<'HIDDEN' | 'VISIBLE' | 'ALLOWED'> {
  const reading = startFinding(work.context)
  const row = rowOf(reading.alias(), object.model)
  const seen = accessConditions(reading, object, row, 'read')
  const reached = accessConditions(reading, object, row, action)
  // Whoever may not read anything may have been given the right to write alone: then they write what they can't see.
  if (!reached && !seen?.length) return seen ? 'VISIBLE' : 'HIDDEN'
  if (reached?.length === 0 && (!seen || seen.length === 0)) return 'ALLOWED'
  const met = (conditions: readonly Sql[]) => sql`coalesce(${and(conditions)}, false)`
  const [found] = await work.transaction.query<{ seen: boolean; reached: boolean }>(
    sql`select ${met(seen ?? [])} as seen, ${met(reached ?? [sql`false`])} as reached from ${tableOf(object, row)}
        where ${inSameWorkspace(reading, row)} and ${row.column('id')} = ${id}::uuid`,
  )
  if (!found?.seen) return 'HIDDEN'
  if (found.reached) return 'ALLOWED'
  return seen ? 'VISIBLE' : 'HIDDEN'
}

/** Throws FORBIDDEN unless the caller, whose permission to create reaches some records only, reaches those just made. */
export async function requireRecordAccess(work: UnitOfWork, object: ObjectType, ids: readonly string[]): Promise<void> {
  const reading = startFinding(work.context)
  const row = rowOf(reading.alias(), object.model)
  const reached = accessConditions(reading, object, row, 'create')
  if (reached?.length === 0 || ids.length === 0) return
  const conditions = [
    inSameWorkspace(reading, row),
    sql`${row.column('id')} = any(${[...ids]}::uuid[])`,
    ...(reached ?? [sql`false`]),
  ]
  const found = await work.transaction.query(sql`select from ${tableOf(object, row)} where ${and(conditions)}`)
  if (found.length < ids.length) throw forbiddenRecord(`${object.singular}:create`, object.name)
}
