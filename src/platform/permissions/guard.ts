import type { Permission } from '../declare/permission.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { Grantee } from '../request/actor.ts'
import { requirePermission } from './forbidden.ts'
import { fieldScopes } from './grants.ts'

/*
 * Guards of GraphQL fields, and what the caller may read of an object. Which function to call for which question:
 *
 * - enforceGuard              May the caller use this root field? Throws.
 * - canReadFieldOfAllRecords  May the caller read the field of all the records that they see?
 * - readFieldScopes           On which of these records may the caller read the field? As scopes, see grants.ts.
 * - isSensitive               Is the field covered only by grants that name it, `<object>:*` and `*:*`?
 * - isReadableWithRecord      May everybody who sees a record read the field, without a permission on it?
 *
 * What else a request does with a field (filter, order, search, import): see field-use.ts. Actions other than `read`:
 * see grants.ts. Which records the caller sees: see visible.ts.
 */

/**
 * What a GraphQL field requires of the caller. Every field has a guard in `extensions.guard`; a schema with a field
 * without a guard does not compose. `visibilityConditions` restricts which records the caller sees.
 */
export type Guard = FieldGuard | RootGuard

/** What a root field requires of the caller. */
export type RootGuard = PermissionGuard | OpenGuard

/** The guard of a field of a record: requires the permission on this field. */
export interface FieldGuard {
  readonly kind: 'field'
  /** Object in camelCase, as permissions name it. */
  readonly object: string
  /** `<Type>.<field>`, for messages. */
  readonly coordinate: string
  readonly field: string
  readonly isSensitive: boolean
}

/** The guard of a root field that requires a permission. */
export interface PermissionGuard {
  readonly kind: 'permission'
  readonly permission: Permission
  /** What the permission is needed for, for messages, such as `Reading Account`. */
  readonly what: string
}

/** The guard of a field that requires no permission itself, with the reason. */
export interface OpenGuard {
  readonly kind:
    | 'part of a value that is guarded'
    | 'readable with the record'
    | 'only what is visible'
    | "the caller's own"
    | 'guarded inside'
}

/** The field belongs to a value, such as a payload or a connection, whose own field has a guard. */
export const GUARDED_BY_PARENT: OpenGuard = { kind: 'part of a value that is guarded' }
/** Options of a field with the guard `GUARDED_BY_PARENT`. */
export const GUARDED_BY_PARENT_OPTIONS: { readonly extensions: { readonly guard: Guard } } = {
  extensions: { guard: GUARDED_BY_PARENT },
}
/** Everybody who sees the record may read the field: its id and version. */
export const READABLE_WITH_RECORD: OpenGuard = { kind: 'readable with the record' }
/** The statement returns only records that the caller may see. */
export const ONLY_VISIBLE: OpenGuard = { kind: 'only what is visible' }
/** The field returns only what belongs to the caller. */
export const CALLERS_OWN: OpenGuard = { kind: "the caller's own" }
/** Each write that the mutation does checks its own permission. */
export const GUARDED_INSIDE: OpenGuard = { kind: 'guarded inside' }

/**
 * Returns the guard of a root field over an object's records.
 * @param what what the permission is needed for, without the object: `Reading`
 */
export function objectGuard(
  object: Pick<ObjectType, 'name' | 'singular'>,
  action: string,
  what: string,
): PermissionGuard {
  return { kind: 'permission', permission: `${object.singular}:${action}`, what: `${what} ${object.name}` }
}

/**
 * Throws FORBIDDEN, with the permission, unless the caller meets the guard of a root field. The guards of a record's
 * fields are not checked here: the statement checks them for each row.
 */
export function enforceGuard(actor: Grantee, guard: RootGuard): void {
  if (guard.kind === 'permission') requirePermission(actor, guard.permission, guard.what)
}

/** Fields that everybody who sees a record may read, filter and sort by. */
const FIELDS_READABLE_WITH_RECORD: ReadonlySet<string> = new Set(['id', 'version'])

/** Whether the caller may read the field of all the records that they see. */
export function canReadFieldOfAllRecords(actor: Grantee, object: ObjectType, name: string): boolean {
  return readFieldScopes(actor, object, name)?.length === 0
}

/**
 * Returns on which of the visible records the caller may read the field, in the form of `fieldScopes`: null for no
 * record, an empty list for all visible records.
 */
export function readFieldScopes(actor: Grantee, object: ObjectType, name: string): ReturnType<typeof fieldScopes> {
  if (FIELDS_READABLE_WITH_RECORD.has(name)) return []
  return fieldScopes(actor, object.singular, 'read', name, isSensitive(object, name))
}

/**
 * Whether the field or filter condition of that name is sensitive. Looks in the object itself, then in the fields of
 * its variants. False for an unknown name.
 */
export function isSensitive(object: ObjectType, name: string): boolean {
  const field = object.fields.get(name)
  if (field) return field.isSensitive
  const schemaField = object.schemaFields.get(name)
  if (schemaField) return schemaField.isSensitive
  const condition = object.conditions.get(name)
  if (condition) return condition.declaration.sensitive === true
  for (const variant of object.variants.values()) {
    const variantField = variant.detail?.fields.get(name)
    if (variantField) return variantField.isSensitive
  }
  return false
}

/** Whether everybody who sees a record may read the field: it needs no permission of its own. */
export function isReadableWithRecord(name: string): boolean {
  return FIELDS_READABLE_WITH_RECORD.has(name)
}
