import type { Permission } from '../declare/permission.ts'
import { permissionSet } from '../permissions/grants.ts'
import type { UnitOfWork } from '../request/context.ts'

/**
 * Returns the unit of work with other permissions: for what follows from an act of the caller on records that the caller may
 * not see or change, such as that the tasks of a lead belong to the contact that it became. The caller remains the author of the
 * writes, rules run, and access rules of plugins hold. What such code reads must not reach the caller.
 */
export function withPermissions(work: UnitOfWork, permissions: readonly Permission[]): UnitOfWork {
  const { context } = work
  const { limitedBy: _, ...actor } = context.actor
  return { ...work, context: { ...context, actor: { ...actor, permissions: permissionSet(permissions) } } }
}
