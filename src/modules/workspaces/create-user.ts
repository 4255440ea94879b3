import type { Pool } from 'pg'
import { ownerTransaction } from '../../platform/data/owner-transaction.ts'
import { insertActorBy } from '../../platform/identity/operator-writes.ts'
import { normalizedEmail } from './find-users.ts'

export interface NewUser {
  readonly workspaceId: string
  readonly email: string
  readonly displayName: string
  readonly roleName: string
}

/**
 * Creates a user with one role in a workspace, and returns the user's id (uuid). The e-mail address is stored in lower
 * case. When `command` is set, such as to `rapport user create`, the log and the audit contain the write, as a write of
 * the operator. Otherwise the write is not logged.
 * @throws ProvisioningError when the workspace or role is unknown, the name is empty, or the e-mail address is
 * malformed or taken.
 */
export async function createUser(ownerPool: Pool, user: NewUser, command?: string): Promise<string> {
  const email = normalizedEmail(user.email)
  return ownerTransaction(ownerPool, (client) => insertActorBy(client, { ...user, kind: 'USER', email }, command))
}
