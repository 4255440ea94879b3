import type { GraphQLError } from 'graphql'
import type { Permission } from '../declare/permission.ts'
import { codedError } from '../errors.ts'
import type { Grantee } from '../request/actor.ts'
import { can } from './grants.ts'

/** FORBIDDEN: the caller is known and lacks a permission. `what` is what it is needed for, such as `Reading Account`. */
export function forbidden(permission: Permission, what = 'This'): GraphQLError {
  return codedError('FORBIDDEN', `${what} needs the permission ${permission}. Ask an administrator of the workspace.`, {
    permission,
  })
}

/** FORBIDDEN: the caller may do this to a field of some records, and it has to be of all of them. */
export function forbiddenInPart(permission: Permission, what: string): GraphQLError {
  return codedError(
    'FORBIDDEN',
    `${what} needs the permission ${permission} for all the records that you see; yours reaches some of them. Ask an administrator of the workspace.`,
    { permission },
  )
}

/** Throws FORBIDDEN unless the caller has the permission, for some record at least. */
export function requirePermission(actor: Grantee, permission: Permission, what?: string): void {
  if (!can(actor, permission)) throw forbidden(permission, what)
}

/** FORBIDDEN: the caller may do this, but not to this record, which they may see. */
export function forbiddenRecord(permission: Permission, record: string): GraphQLError {
  return codedError(
    'FORBIDDEN',
    `Your permission ${permission} does not reach this ${record}. Ask its owner to share it, or an administrator of the workspace.`,
    { permission },
  )
}
