import type { Permission } from '../../platform/declare/permission.ts'
import { forbidden, forbiddenRecord } from '../../platform/permissions/forbidden.ts'
import { can } from '../../platform/permissions/grants.ts'
import { objectNamed } from '../../platform/registry/registry.ts'
import type { UnitOfWork } from '../../platform/request/context.ts'
import { accessTo } from '../../platform/writes/writable.ts'

/**
 * Whether the caller may do the action on an existing record. False when the record is not visible to the caller.
 * @throws GraphQLError FORBIDDEN when the record is visible to the caller, who may not do the action on it.
 */
export async function mayActOn(work: UnitOfWork, objectName: string, uuid: string, action: string): Promise<boolean> {
  const object = objectNamed(work.context.runtime.registry, objectName)
  const access = await accessTo(work, object, uuid, action)
  if (access !== 'VISIBLE') return access === 'ALLOWED'
  const permission: Permission = `${object.singular}:${action}`
  throw can(work.context.actor, permission) ? forbiddenRecord(permission, object.name) : forbidden(permission)
}
