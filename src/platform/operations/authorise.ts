import { can, type Permission } from '../access/permissions.ts'
import type { RequestContext } from '../context.ts'
import { codedError } from '../errors.ts'
import type { ObjectType } from '../schema/registry.ts'

/** Throws FORBIDDEN unless the caller may do this to records of the object, such as `create`. */
export function authorise(context: RequestContext, object: ObjectType, action: string): void {
  authorisePermission(context, `${object.singular}:${action}`)
}

/** Throws FORBIDDEN unless the caller has the permission. */
export function authorisePermission(context: RequestContext, permission: Permission): void {
  if (!can(context.actor, permission))
    throw codedError('FORBIDDEN', `This needs the permission ${permission}. Ask an administrator of the workspace.`)
}
