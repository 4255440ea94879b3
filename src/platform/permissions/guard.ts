import type { Permission } from '../declare/permission.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { Grantee } from '../request/actor.ts'
import { forbidden, forbiddenForSomeRecords, requirePermission } from './forbidden.ts'
import { canOnEveryField, fieldScopes } from './grants.ts'

/**
 * What a GraphQL field asks of the caller: in `extensions.guard` of every field, without which a schema does not compose. The
 * records themselves are restricted by `visible`.
 */
export type Guard = FieldGuard | RootGuard

/** What a root field asks: everything but what a record's field does. */
export type RootGuard = PermissionGuard | OpenGuard

/** A field of a record, reached by the field permission of its object. */
export interface FieldGuard {
  readonly kind: 'field'
  /** Object in camelCase, as permissions name it. */
  readonly object: string
  /** `<Type>.<field>`, for messages. */
  readonly coordinate: string
  readonly field: string
  readonly isSensitive: boolean
}

/** A root field that needs a permission. */
export interface PermissionGuard {
  readonly kind: 'permission'
  readonly permission: Permission
  /** What it is needed for, for messages, such as `Reading Account`. */
  readonly what: string
}

/** What asks for nothing of its own, with the reason. */
export interface OpenGuard {
  readonly kind:
    | 'part of a value that is guarded'
    | 'readable with the record'
    | 'only what is visible'
    | "the caller's own"
    | 'guarded inside'
}

export const GUARDED_BY_PARENT: OpenGuard = { kind: 'part of a value that is guarded' }
/** Options of a field that is a part. */
export const GUARDED_BY_PARENT_OPTIONS: { readonly extensions: { readonly guard: Guard } } = {
  extensions: { guard: GUARDED_BY_PARENT },
}
/** Of who sees a record everyone may know: its id and version. */
export const READABLE_WITH_RECORD: OpenGuard = { kind: 'readable with the record' }
/** Each record in the answer is looked for among those that the caller may see. */
export const ONLY_VISIBLE: OpenGuard = { kind: 'only what is visible' }
export const CALLERS_OWN: OpenGuard = { kind: "the caller's own" }
/** Each write inside asks for its own permission. */
export const GUARDED_INSIDE: OpenGuard = { kind: 'guarded inside' }

/** The guard of a root field over an object's records. */
export function objectGuard(
  object: Pick<ObjectType, 'name' | 'singular'>,
  action: string,
  what: string,
): PermissionGuard {
  return { kind: 'permission', permission: `${object.singular}:${action}`, what: `${what} ${object.name}` }
}

/** Throws FORBIDDEN, naming the permission, unless the caller passes. A record's field is decided for each row, in the statement. */
export function enforceGuard(actor: Grantee, guard: RootGuard): void {
  if (guard.kind === 'permission') requirePermission(actor, guard.permission, guard.what)
}

/** Fields that everybody who sees a record may read, filter and sort by. */
const FIELDS_READABLE_WITH_RECORD: ReadonlySet<string> = new Set(['id', 'version'])

/** Whether the caller may read the field of that name, of all the records that they see. */
export function canReadFieldOfAllRecords(actor: Grantee, object: ObjectType, name: string): boolean {
  return readFieldScopes(actor, object, name)?.length === 0
}

/** Of which of the records that the caller sees they may read the field, as `fieldScopes`. */
export function readFieldScopes(actor: Grantee, object: ObjectType, name: string): ReturnType<typeof fieldScopes> {
  if (FIELDS_READABLE_WITH_RECORD.has(name)) return []
  return fieldScopes(actor, object.singular, 'read', name, isSensitive(object, name))
}

/** Throws FORBIDDEN unless the caller may read the field of all the records that they see. `what` is done with it, such as `Filtering`. */
export function requireReadableField(actor: Grantee, object: ObjectType, name: string, what: string): void {
  const scopes = readFieldScopes(actor, object, name)
  if (scopes?.length === 0) return
  const refuse = scopes ? forbiddenForSomeRecords : forbidden
  throw refuse(`${object.singular}.${name}:read`, `${what} by ${object.name}.${name}`)
}

/** Throws FORBIDDEN unless the caller may read all that the object's search looks into. */
export function requireSearchable(actor: Grantee, object: ObjectType): void {
  if (object.searchedFields)
    for (const name of object.searchedFields) requireReadableField(actor, object, name, 'Searching')
  else if (!canOnEveryField(actor, object.singular, 'read'))
    throw forbidden(`${object.singular}:read`, `Searching ${object.name}`)
}

export function isSensitive(object: ObjectType, name: string): boolean {
  const field = object.fields.get(name)
  if (field) return field.isSensitive
  const condition = object.conditions.get(name)
  if (condition) return condition.declaration.sensitive === true
  for (const variant of object.variants.values()) {
    const own = variant.detail?.fields.get(name)
    if (own) return own.isSensitive
  }
  return false
}

/** Whether every caller who sees a record is told the field. */
export function isReadableWithRecord(name: string): boolean {
  return FIELDS_READABLE_WITH_RECORD.has(name)
}
