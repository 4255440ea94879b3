import type { ObjectType } from '../registry/object-type.ts'
import type { Grantee } from '../request/actor.ts'
import { forbidden, forbiddenForSomeRecords } from './forbidden.ts'
import { canOnEveryField } from './grants.ts'
import { readFieldScopes } from './guard.ts'

/*
 * What a caller may do with a field besides reading it. Filters, orders, searches, aggregates and imports all reveal the
 * values of a field: which records match, in which order they come, what they add up to, what an import changed. A file
 * of an export does not show which of its empty cells are hidden. So each needs the permission to read the field on all
 * the records that the caller sees, not only on some of them.
 */

/**
 * The caller. `isSystem` is set while SQL is compiled that the caller did not write, such as the filter of a sharing
 * rule: it may use every field.
 */
interface Caller {
  readonly actor: Grantee
  readonly isSystem?: true
}

/** Throws FORBIDDEN unless the caller may filter by the field or the filter condition of this name. */
export function requireFilterable(caller: Caller, object: ObjectType, name: string): void {
  requireUse(caller, object, name, 'Filtering by')
}

/** Throws FORBIDDEN unless the caller may order by the field. */
export function requireOrderable(caller: Caller, object: ObjectType, name: string): void {
  requireUse(caller, object, name, 'Ordering by')
}

/** Throws FORBIDDEN unless the caller may read every field that the object's search looks into. */
export function requireSearchable(caller: Caller, object: ObjectType): void {
  if (object.searchedFields) for (const name of object.searchedFields) requireUse(caller, object, name, 'Searching by')
  else if (!caller.isSystem && !canOnEveryField(caller.actor, object.singular, 'read'))
    throw forbidden(`${object.singular}:read`, `Searching ${object.name}`)
}

/** Throws FORBIDDEN unless the caller may group records by the field, or compute values of groups from it. */
export function requireAggregatable(caller: Caller, object: ObjectType, name: string): void {
  requireUse(caller, object, name, 'Aggregating by')
}

/** Throws FORBIDDEN unless the caller may export the field: an empty cell of a file would look like a missing value. */
export function requireExportable(caller: Caller, object: ObjectType, name: string): void {
  requireUse(caller, object, name, 'Exporting')
}

/** Throws FORBIDDEN unless the caller may import into the field: the outcome reveals whether its value changed. */
export function requireImportable(caller: Caller, object: ObjectType, name: string): void {
  requireUse(caller, object, name, 'Importing by')
}

/**
 * Throws FORBIDDEN unless the caller may look records up by the field: the outcome reveals whether such a record
 * exists.
 */
export function requireLookup(caller: Caller, object: ObjectType, name: string): void {
  requireUse(caller, object, name, 'Looking records up by')
}

/** @param use what the caller does with the field, as the message names it, such as `Filtering by` */
function requireUse({ actor, isSystem }: Caller, object: ObjectType, name: string, use: string): void {
  // Null: the caller may read the field of no record. Empty: of all records. Otherwise: of the records in these scopes.
  const scopes = isSystem ? [] : readFieldScopes(actor, object, name)
  if (scopes?.length === 0) return
  const createError = scopes ? forbiddenForSomeRecords : forbidden
  throw createError(`${object.singular}.${name}:read`, `${use} ${object.name}.${name}`)
}
