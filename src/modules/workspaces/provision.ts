import type { Pool, PoolClient } from 'pg'
import { uuidv7 } from 'uuidv7'
import { ownerTransaction } from '../../platform/data/owner-transaction.ts'
import { encodeId } from '../../platform/declare/record-id.ts'
import { insertActor } from '../../platform/identity/actor-store.ts'
import { ProvisioningError } from '../../platform/identity/identity-errors.ts'
import { creationChanges, insertActorBy, logOperatorWrite } from '../../platform/identity/operator-writes.ts'
import { STARTING_ROLES } from '../../platform/permissions/grants.ts'
import { insertStartingPipeline, type StartingRecord } from '../opportunities/index.ts'
import { insertStartingAuthorities } from '../quotes/index.ts'
import { findWorkspace, normalizedEmail, requireWorkspace } from './find-users.ts'

export interface NewWorkspace {
  /** Short name for sign-in and the command line, such as `acme`; unique in the installation. */
  readonly slug: string
  /** Display name. Default: the slug. */
  readonly name?: string
  readonly adminEmail: string
}

const SLUG = /^[a-z][a-z0-9-]{1,62}$/
const MAX_NAME_LENGTH = 200

const DEMO_SLUG = 'demo'
const DEMO_USERS = [
  { email: 'admin@demo.example', displayName: 'Demo Administrator', roleName: 'admin' },
  { email: 'member@demo.example', displayName: 'Demo Member', roleName: 'member' },
  { email: 'reader@demo.example', displayName: 'Demo Reader', roleName: 'read-only' },
] as const

/**
 * Creates a workspace with its starting roles and its first administrator, in one transaction. The administrator's
 * display name is the local part of the e-mail address. When `command` is set, such as to `rapport workspace create`,
 * the log and the audit contain the writes, as writes of the operator. Otherwise the writes are not logged.
 * @throws ProvisioningError when the slug is malformed or taken, or the name or the e-mail address is malformed.
 */
export async function createWorkspace(
  ownerPool: Pool,
  workspace: NewWorkspace,
  command?: string,
): Promise<{ workspaceId: string; adminId: string }> {
  const email = normalizedEmail(workspace.adminEmail)
  const workspaceId = uuidv7()
  return ownerTransaction(ownerPool, async (client) => {
    if (!(await insertWorkspace(client, workspaceId, workspace, command))) {
      throw new ProvisioningError(
        'SLUG_TAKEN',
        `There already is a workspace "${workspace.slug}". Choose another slug.`,
      )
    }
    const displayName = email.slice(0, email.indexOf('@'))
    const admin = { workspaceId, kind: 'USER', displayName, email, roleName: 'admin' } as const
    const adminId = await insertActorBy(client, admin, command)
    for (const { type, id, values } of await insertStartingPipeline(client, workspaceId, adminId))
      await logCreation(client, workspaceId, type, id, values, command)
    for (const { id, roleId, maxDiscountPercent } of await insertStartingAuthorities(client, workspaceId, adminId)) {
      const values = { roleId: encodeId('role', roleId), maxDiscountPercent }
      await logCreation(client, workspaceId, 'NegotiationAuthority', id, values, command)
    }
    return { workspaceId, adminId }
  })
}

/**
 * Creates the workspace `demo` with an administrator, a member and a reader, unless a workspace with that slug exists.
 * When several nodes start at the same time, one node creates the workspace, and the other nodes return its id.
 */
export async function provisionDemo(ownerPool: Pool): Promise<{ created: boolean; workspaceId: string }> {
  const existing = await findWorkspace(ownerPool, DEMO_SLUG)
  if (existing) return { created: false, workspaceId: existing }
  const workspaceId = uuidv7()
  const created = await ownerTransaction(ownerPool, async (client) => {
    if (!(await insertWorkspace(client, workspaceId, { slug: DEMO_SLUG, name: 'Demo' }))) return false
    const ids: string[] = []
    for (const user of DEMO_USERS) ids.push(await insertActor(client, { ...user, workspaceId, kind: 'USER' }))
    await insertStartingPipeline(client, workspaceId, ids[0] ?? '')
    await insertStartingAuthorities(client, workspaceId, ids[0] ?? '')
    return true
  })
  if (created) return { created, workspaceId }
  // The slug was taken: the insert waited until the other transaction was committed, so the workspace can be read now.
  return { created, workspaceId: await requireWorkspace(ownerPool, DEMO_SLUG) }
}

/** Inserts the workspace and its starting roles. Returns false when the slug is taken. */
async function insertWorkspace(
  client: PoolClient,
  workspaceId: string,
  workspace: Pick<NewWorkspace, 'slug' | 'name'>,
  command?: string,
): Promise<boolean> {
  const { slug, name } = checkedNames(workspace)
  const inserted = await client.query(
    'insert into workspaces (id, slug, name) values ($1, $2, $3) on conflict (slug) do nothing',
    [workspaceId, slug, name],
  )
  if (inserted.rowCount === 0) return false
  await logCreation(client, workspaceId, 'Workspace', workspaceId, { slug, name }, command)
  for (const { name: roleName, description, permissions } of STARTING_ROLES) {
    const id = uuidv7()
    await client.query(
      'insert into roles (workspace_id, id, name, description, permissions) values ($1, $2, $3, $4, $5)',
      [workspaceId, id, roleName, description, permissions],
    )
    await logCreation(client, workspaceId, 'Role', id, { name: roleName, description, permissions }, command)
  }
  return true
}

/** Logs a record of a new workspace as the work of the operator, when a command creates the workspace. */
async function logCreation(
  client: PoolClient,
  workspaceId: string,
  type: 'Workspace' | 'Role' | 'NegotiationAuthority' | StartingRecord['type'],
  recordId: string,
  values: Readonly<Record<string, unknown>>,
  command: string | undefined,
): Promise<void> {
  if (command === undefined) return
  const changes = creationChanges(values)
  await logOperatorWrite(client, { workspaceId, recordId, type, operation: 'CREATED', version: 1, changes, command })
}

function checkedNames(workspace: Pick<NewWorkspace, 'slug' | 'name'>): { slug: string; name: string } {
  const { slug } = workspace
  if (!SLUG.test(slug)) {
    throw new ProvisioningError(
      'SLUG_INVALID',
      `${JSON.stringify(slug)} is not a slug. A slug has 2 to 63 lower-case letters, digits and hyphens, and begins with a letter.`,
    )
  }
  const name = (workspace.name ?? slug).trim()
  if (name === '' || name.length > MAX_NAME_LENGTH || name.includes('\0')) {
    throw new ProvisioningError('NAME_INVALID', `A workspace's name has 1 to ${MAX_NAME_LENGTH} characters.`)
  }
  return { slug, name }
}
