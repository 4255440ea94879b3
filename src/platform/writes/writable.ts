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

/** A field that the caller may write only on some records. */
export interface LimitedField {
  readonly field: string
  /**
   * The scopes (`own`, `team`, `hierarchy`, `shared`) of the caller's permission on the field, as `fieldScopes` returns
   * them. Each set has to cover the record.
   */
  readonly scopes: readonly ReadonlySet<Scope>[]
}

/**
 * Checks that the caller may write each field that an input contains, on at least some records. Returns the fields that
 * they may write only on some records. For these, call `requireFieldAccess` with the records.
 * @throws GraphQLError FORBIDDEN when the caller may not write a field on any record.
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

/**
 * Checks that the caller may write each of the fields on each of the records. Scopes are compared with the values that
 * the records have at this point of the transaction.
 * @throws GraphQLError FORBIDDEN when the caller may not write one of the fields on one of the records. The error
 * always names the first field, because one statement checks all fields together.
 */
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
  const conditions = [
    inSameWorkspace(reading, row),
    sql`${row.column('id')} = any(${[...ids]}::uuid[])`,
    ...fields.flatMap(({ scopes }) => scopeConditions(reading, object, row, action, scopes)),
  ]
  const found = await work.transaction.query(sql`select from ${tableOf(object, row)} where ${and(conditions)}`)
  if (found.length < ids.length) throw forbiddenRecord(`${object.singular}.${first.field}:${action}`, object.name)
}

/**
 * Returns the caller's access to a record: `HIDDEN` when it does not exist or the caller may not know that it exists,
 * `VISIBLE` when they may only read it, and `ALLOWED` when they may do the action on it. The record is not looked up
 * when the caller's permissions alone decide the result, so `VISIBLE` and `ALLOWED` do not mean that the record exists.
 */
export async function accessTo(
  work: UnitOfWork,
  object: ObjectType,
  id: string,
  action: string,
): Promise<'HIDDEN' | 'VISIBLE' | 'ALLOWED'> {
  const reading = startFinding(work.context)
  const row = rowOf(reading.alias(), object.model)
  // Conditions of the rows on which the caller has the permission: an empty list for all rows, null for no row.
  const readable = accessConditions(reading, object, row, 'read')
  const permitted = accessConditions(reading, object, row, action)
  // A caller may have the permission of the action without any permission to read: then they write records that they
  // can't see.
  if (!permitted && !readable?.length) return readable ? 'VISIBLE' : 'HIDDEN'
  if (permitted?.length === 0 && (!readable || readable.length === 0)) return 'ALLOWED'
  const isMet = (rowConditions: readonly Sql[]) => sql`coalesce(${and(rowConditions)}, false)`
  const [found] = await work.transaction.query<{ isReadable: boolean; isPermitted: boolean }>(
    sql`select ${isMet(readable ?? [])} as "isReadable", ${isMet(permitted ?? [sql`false`])} as "isPermitted"
        from ${tableOf(object, row)}
        where ${inSameWorkspace(reading, row)} and ${row.column('id')} = ${id}::uuid`,
  )
  if (!found?.isReadable) return 'HIDDEN'
  if (found.isPermitted) return 'ALLOWED'
  return readable ? 'VISIBLE' : 'HIDDEN'
}

/**
 * Checks that the caller's permission to create covers records that were just inserted. With the scope `own`, for
 * example, the caller must own them.
 * @throws GraphQLError FORBIDDEN when the permission does not cover all of these records.
 */
export async function requireRecordAccess(work: UnitOfWork, object: ObjectType, ids: readonly string[]): Promise<void> {
  const reading = startFinding(work.context)
  const row = rowOf(reading.alias(), object.model)
  const permitted = accessConditions(reading, object, row, 'create')
  if (permitted?.length === 0 || ids.length === 0) return
  const conditions = [
    inSameWorkspace(reading, row),
    sql`${row.column('id')} = any(${[...ids]}::uuid[])`,
    ...(permitted ?? [sql`false`]),
  ]
  const found = await work.transaction.query(sql`select from ${tableOf(object, row)} where ${and(conditions)}`)
  if (found.length < ids.length) throw forbiddenRecord(`${object.singular}:create`, object.name)
}
