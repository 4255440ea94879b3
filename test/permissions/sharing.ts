import { decodeId } from '../../src/platform/declare/record-id.ts'
import type { TestApp } from '../support/app.ts'
import type { Made } from '../support/records.ts'
import type { Person } from './people.ts'

/** Shares the accounts of an industry in `acme` with a role, for reading and updating. */
export async function shareIndustry(app: TestApp, industry: string, roleId: string): Promise<void> {
  const { workspaceId, id } = app.as('admin').actor
  await app.database.ownerPool.query(
    `insert into sharing_rules (workspace_id, id, name, object, filter, access, role_id, created_by_id, updated_by_id)
     values ($1, gen_random_uuid(), 'Shared industry', 'Account', $2, 'UPDATE', $3, $4, $4)`,
    [workspaceId, { industry: { equals: industry } }, roleId, id],
  )
}

/** Grants a user of `acme` to read an account, until `expiresAt` or permanently. */
export async function grantReading(app: TestApp, account: Made, user: Person, expiresAt: string | null): Promise<void> {
  const { workspaceId, id } = app.as('admin').actor
  await app.database.ownerPool.query(
    `insert into record_grants (workspace_id, id, record_type, record_id, access, user_id, expires_at, created_by_id, updated_by_id)
     values ($1, gen_random_uuid(), 'Account', $2, 'READ', $3, $4, $5, $5)`,
    [workspaceId, decodeId(account.id)?.uuid, user.actor.id, expiresAt, id],
  )
}
