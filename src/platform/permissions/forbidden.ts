import type { GraphQLError } from 'graphql'
import type { Permission } from '../declare/permission.ts'
import { codedError } from '../errors.ts'
import type { Grantee } from '../request/actor.ts'
import { can } from './grants.ts'

/**
 * Creates the error FORBIDDEN for a caller who lacks a permission.
 * @param what what the permission is needed for, as the subject of the message: `Reading Account`
 */
export function forbidden(permission: Permission, what = 'This'): GraphQLError {
  return codedError('FORBIDDEN', `${what} needs the permission ${permission}. Ask an administrator of the workspace.`, {
    permission,
  })
}

/**
 * Creates the error FORBIDDEN for a caller whose permission on a field covers only some of the visible records, where
 * all of them have to be covered.
 */
export function forbiddenForSomeRecords(permission: Permission, what: string): GraphQLError {
  return codedError(
    'FORBIDDEN',
    `${what} needs the permission ${permission} for all the records that you see; your permission covers only some of them. Ask an administrator of the workspace.`,
    { permission },
  )
}

/** Throws FORBIDDEN unless the caller has the permission for at least one record. */
export function requirePermission(actor: Grantee, permission: Permission, what?: string): void {
  if (!can(actor, permission)) throw forbidden(permission, what)
}

/** Creates the error FORBIDDEN for a caller who sees a record and whose permission does not cover it. */
export function forbiddenRecord(permission: Permission, record: string): GraphQLError {
  return codedError(
    'FORBIDDEN',
    `Your permission ${permission} does not cover this ${record}. Ask its owner to share it, or an administrator of the workspace.`,
    { permission },
  )
}
