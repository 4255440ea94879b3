import type { Pool } from 'pg'
import { createUser } from '../../src/modules/workspaces/create-user.ts'
import { createWorkspace } from '../../src/modules/workspaces/provision.ts'
import type { WorkspaceSize } from './size.ts'

/**
 * A workspace before its records are loaded. `number` is part of the salt of its random values, so that they are
 * different in each workspace.
 */
export interface NewWorkspace extends WorkspaceSize {
  readonly number: number
  readonly id: string
  /** uuids of its users; the first is the administrator. */
  readonly userIds: readonly string[]
}

/** Creates a workspace and its users, with the functions of the command line. */
export async function provisionWorkspace(ownerPool: Pool, size: WorkspaceSize, number: number): Promise<NewWorkspace> {
  const domain = `${size.slug}.example`
  const { workspaceId, adminId } = await createWorkspace(ownerPool, {
    slug: size.slug,
    name: `Bench ${number}`,
    adminEmail: `user1@${domain}`,
  })
  const userIds = [adminId]
  for (let user = 2; user <= size.users; user++) {
    userIds.push(
      await createUser(ownerPool, {
        workspaceId,
        email: `user${user}@${domain}`,
        displayName: `User ${user}`,
        roleName: 'member',
      }),
    )
  }
  return { ...size, number, id: workspaceId, userIds }
}
