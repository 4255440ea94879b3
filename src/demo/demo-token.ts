import type { Pool } from 'pg'
import { findActorByEmail } from '../modules/workspaces/find-users.ts'
import type { SigningKeys } from '../platform/identity/sessions/signing-keys.ts'
import { issueToken } from '../platform/identity/sessions/tokens.ts'

/** Eight hours, a working day. When the page is loaded again, a new token is issued. */
const TOKEN_SECONDS = 8 * 3_600

/**
 * Returns an access token of a user of the demo workspace: of the administrator, or of the one that the request's URL
 * names, as `?as=member` or `?as=reader`. Null when there is no such user.
 */
export async function demoToken(ownerPool: Pool, keys: SigningKeys, request: Request): Promise<string | null> {
  const name = new URL(request.url).searchParams.get('as') ?? 'admin'
  const actor = await findActorByEmail(ownerPool, 'demo', `${name}@demo.example`).catch(() => null)
  if (!actor) return null
  const { workspaceId, actorId } = actor
  return issueToken(keys, { workspaceId, actorId, expiresInSeconds: TOKEN_SECONDS })
}
