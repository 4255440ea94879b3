import { inSameWorkspace, type Row, rowOf } from '../data/row.ts'
import { and, columnOf, ident, type Sql, sql } from '../data/sql.ts'
import type { VisibleWith } from '../declare/objects/object.ts'
import type { ManyField } from '../declare/objects/relation-fields.ts'
import type { ObjectType } from '../registry/object-type.ts'
import { objectNamed } from '../registry/registry.ts'
import type { AccessContext } from './access-context.ts'
import { enforceGuard, objectGuard } from './guard.ts'
import { accessConditions } from './record-access.ts'
import { visibleEntryConditions } from './visible-entries.ts'

/** Options with which the caller may see more rows. */
export interface Visibility {
  /** Whether soft-deleted rows are visible too. Default: false. */
  readonly includeDeleted?: boolean
  /** Whether the rows are the caller's own, such as their roles: no permission is needed then. Default: false. */
  readonly isOwn?: boolean
}

/** Returns the conditions of the rows of an object that the caller may see. The only place that restricts reads. */
export function visibilityConditions(
  context: AccessContext,
  object: ObjectType,
  row: Row,
  options: Visibility = {},
): Sql[] {
  const readable = options.isOwn ? [] : accessConditions(context, object, row, 'read')
  if (!readable) return [sql`false`]
  const conditions: Sql[] = [...readable]
  if (object.where) conditions.push(sql`${columnOf(row.alias, object.where.column.column)} = ${object.where.equals}`)
  const { discriminator, variants } = object
  // Hides records of a variant whose plugin the workspace does not use: the schema has no type for them.
  if (discriminator && !discriminator.enumName && variants.size > 0)
    conditions.push(sql`${columnOf(row.alias, discriminator.column)} = any(${[...variants.keys()]}::text[])`)
  if (object.visibleWith) conditions.push(...shownRecordConditions(context, object.visibleWith, row))
  if (object.name === 'AuditEntry') conditions.push(...visibleEntryConditions(context, row))
  if (object.isSoftDeleted && !options.includeDeleted) conditions.push(sql`${row.column('deletedAt')} is null`)
  return conditions
}

/** Returns the condition that the caller may see the record of another object that the row shows (`visibleWith`). */
function shownRecordConditions(context: AccessContext, { object, shows }: VisibleWith, row: Row): Sql[] {
  const shown = objectNamed(context.registry, object)
  const record = rowOf(context.alias(), shown.model)
  const readable = accessConditions(context, shown, record, 'read') ?? [sql`false`]
  if (readable.length === 0) return []
  const isVisible = and([inSameWorkspace(context, record), shows(row, record), ...readable])
  return [sql`exists (select from ${ident(shown.model.table)} ${record.alias} where ${isVisible})`]
}

/** Returns the condition of `only` in the declaration of a list field; no condition without `only`. */
export function manyFieldConditions({ only }: ManyField, row: Row): Sql[] {
  return only ? [sql`${row.column(only.column)}::text = any(${[...only.in]}::text[])`] : []
}

/** Throws FORBIDDEN unless the caller has the permission to read at least one record of the object. */
export function requireReadableObject(context: AccessContext, object: ObjectType): void {
  enforceGuard(context.actor, objectGuard(object, 'read', 'Reading'))
}
