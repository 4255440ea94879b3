import type { Pool, PoolClient } from 'pg'
import { uuidv7 } from 'uuidv7'
import { ownerTransaction } from '../../platform/data/owner-transaction.ts'
import { insertActor } from '../../platform/identity/actor-store.ts'
import { ProvisioningError } from '../../platform/identity/identity-errors.ts'
import { creationChanges, insertActorBy, logOperatorWrite } from '../../platform/identity/operator-writes.ts'
import { STARTING_ROLES } from '../../platform/permissions/grants.ts'
import { emailAddress } from './users/email-address.ts'

export interface NewWorkspace {
  /** Short name in addresses and on the command line, such as `acme`; unique in the installation. */
  readonly slug: string
  /** Name people read; the slug unless given. */
  readonly name?: string
  readonly adminEmail: string
}

export interface NewUser {
  readonly workspaceId: string
  readonly email: string
  readonly displayName: string
  readonly roleName: string
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
 * Makes a workspace with its starting roles and its first administrator, whose display name is the local part of the
 * e-mail: all of it, or nothing. With a command, such as `rapport workspace create`, the log and the audit tell that the operator
 * made it. Throws ProvisioningError when the slug is malformed or taken, or the e-mail is wrong.
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
    return { workspaceId, adminId }
  })
}

/**
 * Adds a user with one role to a workspace; the e-mail is kept in lower case. With a command, such as `rapport user create`, the
 * log and the audit tell that the operator did it. Answers the user's id.
 * Throws ProvisioningError when the workspace or role is unknown, the name is empty, or the e-mail is malformed or taken.
 */
export async function createUser(ownerPool: Pool, user: NewUser, command?: string): Promise<string> {
  const email = normalizedEmail(user.email)
  return ownerTransaction(ownerPool, (client) => insertActorBy(client, { ...user, kind: 'USER', email }, command))
}

/**
 * Makes the workspace `demo` with an administrator, a member and a reader, unless a workspace of that slug exists.
 * Of nodes that start at once one makes it, and the others answer what it made.
 */
export async function provisionDemo(ownerPool: Pool): Promise<{ created: boolean; workspaceId: string }> {
  const existing = await findWorkspace(ownerPool, DEMO_SLUG)
  if (existing) return { created: false, workspaceId: existing }
  const workspaceId = uuidv7()
  const created = await ownerTransaction(ownerPool, async (client) => {
    if (!(await insertWorkspace(client, workspaceId, { slug: DEMO_SLUG, name: 'Demo' }))) return false
    for (const user of DEMO_USERS) await insertActor(client, { ...user, workspaceId, kind: 'USER' })
    return true
  })
  if (created) return { created, workspaceId }
  // The insert waited for the transaction that made it, so by now it is there to be read.
  return { created, workspaceId: await requireWorkspace(ownerPool, DEMO_SLUG) }
}

/** The user of an e-mail in a workspace. Throws ProvisioningError when there is no such workspace or user. */
export async function findUserByEmail(
  ownerPool: Pool,
  slug: string,
  email: string,
): Promise<{ workspaceId: string; actorId: string; isActive: boolean }> {
  const workspaceId = await requireWorkspace(ownerPool, slug)
  const { rows } = await ownerPool.query<{ id: string; isActive: boolean }>(
    `select id, is_active as "isActive" from actors where workspace_id = $1 and email = $2 and kind = 'USER'`,
    [workspaceId, normalizedEmail(email)],
  )
  const user = rows[0]
  if (!user)
    throw new ProvisioningError('USER_UNKNOWN', `The workspace "${slug}" has no user with the e-mail ${email}.`)
  return { workspaceId, actorId: user.id, isActive: user.isActive }
}

/**
 * The user of an e-mail in a workspace, to make a token for. Throws ProvisioningError when there is no such workspace
 * or user, or the user is suspended.
 */
export async function findActorByEmail(
  ownerPool: Pool,
  slug: string,
  email: string,
): Promise<{ workspaceId: string; actorId: string }> {
  const { workspaceId, actorId, isActive } = await findUserByEmail(ownerPool, slug, email)
  if (!isActive) throw new ProvisioningError('USER_SUSPENDED', `The user ${email} of "${slug}" is suspended.`)
  return { workspaceId, actorId }
}

async function findWorkspace(ownerPool: Pool, slug: string): Promise<string | null> {
  const { rows } = await ownerPool.query<{ id: string }>('select id from workspaces where slug = $1', [slug])
  return rows[0]?.id ?? null
}

/** Id of the workspace with this slug. Throws ProvisioningError when there is none. */
export async function requireWorkspace(ownerPool: Pool, slug: string): Promise<string> {
  const workspaceId = await findWorkspace(ownerPool, slug)
  if (workspaceId) return workspaceId
  throw new ProvisioningError(
    'WORKSPACE_UNKNOWN',
    `There is no workspace "${slug}". Make it with: rapport workspace create ${slug} --admin <email>`,
  )
}

/** Adds the workspace and its roles; false when the slug is taken. */
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
  const log = async (type: 'Workspace' | 'Role', recordId: string, values: Readonly<Record<string, unknown>>) => {
    if (command === undefined) return
    const changes = creationChanges(values)
    await logOperatorWrite(client, { workspaceId, recordId, type, operation: 'CREATED', version: 1, changes, command })
  }
  await log('Workspace', workspaceId, { slug, name })
  for (const { name: roleName, description, permissions } of STARTING_ROLES) {
    const id = uuidv7()
    await client.query(
      'insert into roles (workspace_id, id, name, description, permissions) values ($1, $2, $3, $4, $5)',
      [workspaceId, id, roleName, description, permissions],
    )
    await log('Role', id, { name: roleName, description, permissions })
  }
  return true
}

function checkedNames(workspace: Pick<NewWorkspace, 'slug' | 'name'>): { slug: string; name: string } {
  const { slug } = workspace
  if (!SLUG.test(slug)) {
    throw new ProvisioningError(
      'SLUG_INVALID',
      `${JSON.stringify(slug)} is not a slug: 2 to 63 lower-case letters, digits and hyphens, the first a letter.`,
    )
  }
  const name = (workspace.name ?? slug).trim()
  if (name === '' || name.length > MAX_NAME_LENGTH || name.includes('\0')) {
    throw new ProvisioningError('NAME_INVALID', `A workspace's name has 1 to ${MAX_NAME_LENGTH} characters.`)
  }
  return { slug, name }
}

function normalizedEmail(text: string): string {
  const parsed = emailAddress.safeParse(text)
  if (parsed.success) return parsed.data
  throw new ProvisioningError(
    'EMAIL_INVALID',
    `${JSON.stringify(text)} is not an e-mail address, such as ada@acme.example.`,
  )
}
