import type { Pool, PoolClient } from 'pg'
import { ownerTransaction } from '../../data/owner-transaction.ts'
import { refusedCredential } from '../identity-errors.ts'
import { hashSecret, isSecret } from '../secrets.ts'
import { addRefreshToken, endSession, type SessionLife, type SessionTokens } from './sessions.ts'

/** The result of a refresh: new tokens, or the session that ended because its token had been used before. */
export type Refreshed =
  | { readonly kind: 'refreshed'; readonly tokens: SessionTokens }
  | { readonly kind: 'reused'; readonly session: SessionOfToken }

/** The session of a refresh token. */
export interface SessionOfToken {
  readonly workspaceId: string
  readonly actorId: string
  readonly sessionId: string
  /** Whether the session had not yet ended when it was read. */
  readonly isLive: boolean
}

/**
 * Exchanges a refresh token for the next one. A token can be used once: of two requests with the same token, even
 * simultaneous ones, one gets the next token and the other ends the session (RFC 9700, 4.14.2), because the server
 * can't know which of them is the thief. `isTrusted` returns whether the operator still trusts the issuer by which the
 * session was begun.
 * @throws AuthenticationError when the token is unknown, its session has ended, its user is suspended, or its issuer or
 *   identity provider is not accepted any more. The refusal does not use up the token.
 */
export async function useRefreshToken(
  ownerPool: Pool,
  token: string,
  life: SessionLife,
  isTrusted: (issuer: string) => boolean,
): Promise<Refreshed> {
  if (!isSecret('rpr_', token)) throw refusedCredential('The refresh token is malformed.')
  const hash = hashSecret(token)
  return ownerTransaction(ownerPool, async (client): Promise<Refreshed> => {
    // A simultaneous second request waits here until the first one commits, and then finds the token used.
    const { rows } = await client.query<{ workspaceId: string; sessionId: string }>(
      `update refresh_tokens set used_at = now() where hash = $1 and used_at is null
       returning workspace_id as "workspaceId", session_id as "sessionId"`,
      [hash],
    )
    const session = rows[0]
    if (!session) return endReused(client, hash)
    const tokens = await extendSession(client, session, life, isTrusted)
    return { kind: 'refreshed', tokens }
  })
}

/** Sets the new expiry of a session and adds the next refresh token. */
async function extendSession(
  client: PoolClient,
  { workspaceId, sessionId }: { readonly workspaceId: string; readonly sessionId: string },
  life: SessionLife,
  isTrusted: (issuer: string) => boolean,
): Promise<SessionTokens> {
  const { rows } = await client.query<{ actorId: string; expiresAt: Date; issuer: string | null }>(
    `update sessions s set last_used_at = now(),
       expires_at = least(s.created_at + make_interval(secs => $3), now() + make_interval(secs => $4))
     from actors a
     where s.workspace_id = $1 and s.id = $2 and s.revoked_at is null and s.expires_at > now()
       and s.created_at + make_interval(secs => $3) > now()
       and a.workspace_id = s.workspace_id and a.id = s.actor_id and a.is_active
       and (s.identity_provider_id is null or exists (
         select from identity_providers p
         where p.workspace_id = s.workspace_id and p.id = s.identity_provider_id and p.is_active and p.deleted_at is null))
     returning s.actor_id as "actorId", s.expires_at as "expiresAt", (
       select p.issuer from identity_providers p
       where p.workspace_id = s.workspace_id and p.id = s.identity_provider_id) as issuer`,
    [workspaceId, sessionId, life.absoluteSeconds, life.idleSeconds],
  )
  const session = rows[0]
  if (!session) throw refusedCredential(`The session ${sessionId} has ended, or its user is suspended.`)
  if (session.issuer !== null && !isTrusted(session.issuer))
    throw refusedCredential(`The issuer ${session.issuer} of the session ${sessionId} is no longer trusted.`)
  const refreshToken = await addRefreshToken(client, workspaceId, sessionId)
  return { workspaceId, sessionId, refreshToken, actorId: session.actorId, expiresAt: session.expiresAt }
}

/** Ends the session of a refresh token that was used before. Throws AuthenticationError when the token is unknown. */
async function endReused(client: PoolClient, hash: string): Promise<Refreshed> {
  const session = await sessionOfToken(client, hash)
  if (!session) throw refusedCredential('The refresh token is unknown.')
  if (session.isLive) await endSession(client, { ...session, reason: 'REFRESH_TOKEN_REUSED' })
  return { kind: 'reused', session }
}

/**
 * Returns and locks the session of a refresh token, used or not, by the hash of the token; null when the token is
 * unknown.
 */
export async function sessionOfToken(client: Pool | PoolClient, hash: string): Promise<SessionOfToken | null> {
  const { rows } = await client.query<SessionOfToken>(
    `select s.workspace_id as "workspaceId", s.actor_id as "actorId", s.id as "sessionId",
            s.revoked_at is null and s.expires_at > now() as "isLive"
     from refresh_tokens t join sessions s on s.workspace_id = t.workspace_id and s.id = t.session_id
     where t.hash = $1 for update of s`,
    [hash],
  )
  return rows[0] ?? null
}
