import { inSameWorkspace, type Row, rowOf } from '../data/row.ts'
import { and, columnOf, ident, type Sql, sql } from '../data/sql.ts'
import type { ManyField } from '../declare/objects/fields.ts'
import type { VisibleWith } from '../declare/objects/object.ts'
import type { ObjectType } from '../registry/object-type.ts'
import { objectNamed } from '../registry/registry.ts'
import type { AccessContext } from './access-context.ts'
import { enforceGuard, objectGuard } from './guard.ts'
import { accessConditions } from './record-access.ts'
import { visibleEntryConditions } from './visible-entries.ts'

/** Exceptions from what is seen. */
export interface Visibility {
  readonly includeDeleted?: boolean
  /** The rows are the caller's own, such as their roles: these need no permission. */
  readonly isOwn?: boolean
}

/** Which of an object's rows the caller may see. The one place where reads are restricted. */
export function visibilityConditions(
  context: AccessContext,
  object: ObjectType,
  row: Row,
  options: Visibility = {},
): Sql[] {
  const reached = options.isOwn ? [] : accessConditions(context, object, row, 'read')
  if (!reached) return [sql`false`]
  const conditions: Sql[] = [...reached]
  if (object.where) conditions.push(sql`${columnOf(row.alias, object.where.column.column)} = ${object.where.equals}`)
  const { discriminator, variants } = object
  // A kind of a plugin that this workspace does without: its records have no type, so they are not there.
  if (discriminator && !discriminator.enumName && variants.size > 0)
    conditions.push(sql`${columnOf(row.alias, discriminator.column)} = any(${[...variants.keys()]}::text[])`)
  if (object.visibleWith) conditions.push(...shownRecord(context, object.visibleWith, row))
  if (object.name === 'AuditEntry') conditions.push(...visibleEntryConditions(context, row))
  if (object.isSoftDeleted && !options.includeDeleted) conditions.push(sql`${row.column('deletedAt')} is null`)
  return conditions
}

/** That the caller sees the record which the row shows in another way. */
function shownRecord(context: AccessContext, { object, shows }: VisibleWith, row: Row): Sql[] {
  const shown = objectNamed(context.registry, object)
  const record = rowOf(context.alias(), shown.model)
  const reached = accessConditions(context, shown, record, 'read') ?? [sql`false`]
  if (reached.length === 0) return []
  const met = and([inSameWorkspace(context, record), shows(row, record), ...reached])
  return [sql`exists (select from ${ident(shown.model.table)} ${record.alias} where ${met})`]
}

/** Condition of the records that a field leads to at all. */
export function manyFieldConditions({ only }: ManyField, row: Row): Sql[] {
  return only ? [sql`${row.column(only.column)}::text = any(${[...only.in]}::text[])`] : []
}

/** Throws FORBIDDEN when the caller may read no record of the object at all. */
export function requireReadableObject(context: AccessContext, object: ObjectType): void {
  enforceGuard(context.actor, objectGuard(object, 'read', 'Reading'))
}
