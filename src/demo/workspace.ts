import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import { createUser } from '../modules/workspaces/create-user.ts'
import { requireWorkspace } from '../modules/workspaces/find-users.ts'
import { provisionDemo } from '../modules/workspaces/provision.ts'
import { actorById } from '../platform/identity/authenticate.ts'
import { ProvisioningError } from '../platform/identity/identity-errors.ts'
import type { RequestContext, Runtime } from '../platform/request/context.ts'
import { COLLEAGUES } from './words.ts'

/** The actor who writes demonstration data, and the users to whom it is assigned. */
export interface DemoWorkspace {
  /** A context whose actor is an administrator of the workspace. */
  readonly context: RequestContext
  /** uuids of the users to whom records are assigned. The first users get most of the records. */
  readonly users: readonly string[]
}

/** Slug of the workspace that the first start creates. */
export const DEMO_SLUG = 'demo'

/**
 * Prepares a workspace for demonstration data: adds some users to it, and creates the workspace `demo` if it does not
 * exist.
 * @throws ProvisioningError when any other workspace does not exist, or the workspace has no active administrator.
 */
export async function openDemoWorkspace(runtime: Runtime, slug: string): Promise<DemoWorkspace> {
  const { ownerPool } = runtime.database
  const workspaceId =
    slug === DEMO_SLUG ? (await provisionDemo(ownerPool)).workspaceId : await requireWorkspace(ownerPool, slug)
  const emails = COLLEAGUES.map((name) => emailOf(name, slug))
  await createColleagues(ownerPool, workspaceId, emails)
  const { rows } = await ownerPool.query<{ id: string; isAdmin: boolean }>(
    `select a.id, bool_or(r.name = 'admin') as "isAdmin" from actors a
     join actor_roles ar on ar.workspace_id = a.workspace_id and ar.actor_id = a.id
     join roles r on r.workspace_id = ar.workspace_id and r.id = ar.role_id and r.name in ('admin', 'member')
     where a.workspace_id = $1 and a.kind = 'USER' and a.is_active
     group by a.id, a.email order by a.email = any($2::text[]) desc, a.email`,
    [workspaceId, emails],
  )
  const admin = rows.find(({ isAdmin }) => isAdmin)
  if (!admin)
    throw new ProvisioningError(
      'USER_UNKNOWN',
      `The workspace "${slug}" has no active administrator as whom the data could be written.`,
    )
  const actor = await actorById(ownerPool, workspaceId, admin.id)
  return {
    context: {
      runtime: await runtime.host.runtimeOf(actor),
      actor,
      requestId: randomUUID(),
      idempotencyKey: null,
      requestHash: '',
    },
    users: rows.map(({ id }) => id),
  }
}

async function createColleagues(ownerPool: Pool, workspaceId: string, emails: readonly string[]): Promise<void> {
  const { rows } = await ownerPool.query<{ email: string }>(
    'select email from actors where workspace_id = $1 and email = any($2::text[])',
    [workspaceId, emails],
  )
  const existing = new Set(rows.map(({ email }) => email))
  for (const [index, displayName] of COLLEAGUES.entries()) {
    const email = emails[index]
    if (email !== undefined && !existing.has(email))
      await createUser(ownerPool, { workspaceId, email, displayName, roleName: 'member' }).catch(ignoreTaken)
  }
}

/** Ignores that an e-mail address is taken: another node that starts at the same time has created the user. */
function ignoreTaken(error: unknown): void {
  if (!(error instanceof ProvisioningError && error.code === 'EMAIL_TAKEN')) throw error
}

function emailOf(name: string, slug: string): string {
  const localPart = name
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/[^a-z ]/g, '')
    .replaceAll(' ', '.')
  return `${localPart}@${slug}.example`
}
