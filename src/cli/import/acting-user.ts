import type { App } from '../../app.ts'
import { findAdministrator } from '../../modules/workspaces/find-users.ts'
import type { ActingUser } from '../acting.ts'

/** As whom an import writes. */
export interface ImportUser {
  /** Slug of the workspace. */
  readonly workspace: string
  /** E-mail address of the user. Default: the first active administrator of the workspace. */
  readonly email?: string
}

/**
 * Returns the user with whose permissions an import writes.
 *
 * @throws ProvisioningError when the workspace does not exist, or has no active administrator.
 */
export async function actingUser({ database }: App, { workspace, email }: ImportUser): Promise<ActingUser> {
  return { workspace, email: email ?? (await findAdministrator(database.ownerPool, workspace)) }
}
