import type { Pool, PoolClient } from 'pg'
import { uuidv7 } from 'uuidv7'
import { sql } from '../../data/sql.ts'
import type { Statements } from '../../data/transaction.ts'
import type { RequestOrigin } from '../../request/origin.ts'
import { hashSecret, makeSecret } from '../secrets.ts'

/** Why a session was ended before its expiry. */
export type SessionEnd = 'SIGNED_OUT' | 'REVOKED' | 'REFRESH_TOKEN_REUSED' | 'PASSWORD_CHANGED' | 'SUSPENDED'

/** The lifetimes of sessions, in seconds. */
export interface SessionLife {
  /** The longest lifetime of a session, however often it is refreshed. */
  readonly absoluteSeconds: number
  /** The time after which a session ends when it is not refreshed. */
  readonly idleSeconds: number
}

/** Values of a session to be started. */
export interface NewSession {
  readonly workspaceId: string
  readonly actorId: string
  /** Identity provider that identified the user; null for a sign-in by password. */
  readonly identityProviderId: string | null
  readonly origin: RequestOrigin
}

/** A session with its current refresh token. The token is available only here, as the database stores only its hash. */
export interface SessionTokens {
  readonly workspaceId: string
  readonly actorId: string
  readonly sessionId: string
  readonly refreshToken: string
  /** When the session ends unless it is refreshed. */
  readonly expiresAt: Date
}

/** Starts a session, in the given transaction of the owner. Checks no permission. */
export async function startSession(client: PoolClient, life: SessionLife, session: NewSession): Promise<SessionTokens> {
  const { workspaceId, actorId, identityProviderId, origin } = session
  const sessionId = uuidv7()
  const { rows } = await client.query<{ expiresAt: Date }>(
    `insert into sessions (workspace_id, id, actor_id, identity_provider_id, expires_at, ip_address, user_agent)
     values ($1, $2, $3, $4, now() + make_interval(secs => $5), $6, $7) returning expires_at as "expiresAt"`,
    [
      workspaceId,
      sessionId,
      actorId,
      identityProviderId,
      Math.min(life.idleSeconds, life.absoluteSeconds),
      origin.ipAddress,
      origin.userAgent,
    ],
  )
  const refreshToken = await addRefreshToken(client, workspaceId, sessionId)
  return { workspaceId, actorId, sessionId, refreshToken, expiresAt: rows[0]?.expiresAt ?? new Date(0) }
}

/**
 * Adds a refresh token to a session, in the given transaction of the owner, and returns it. The database stores its
 * hash.
 */
export async function addRefreshToken(client: PoolClient, workspaceId: string, sessionId: string): Promise<string> {
  const refreshToken = makeSecret('rpr_')
  await client.query('insert into refresh_tokens (workspace_id, hash, session_id) values ($1, $2, $3)', [
    workspaceId,
    hashSecret(refreshToken),
    sessionId,
  ])
  return refreshToken
}

/**
 * Ends one session; its tokens are refused from the next request on. Does nothing when the session has already ended.
 */
export async function endSession(
  client: Statements,
  session: { readonly workspaceId: string; readonly sessionId: string; readonly reason: SessionEnd },
): Promise<void> {
  await client.query(
    sql`update sessions set revoked_at = now(), revoked_reason = ${session.reason}
        where workspace_id = ${session.workspaceId}::uuid and id = ${session.sessionId}::uuid
          and revoked_at is null and expires_at > now()`,
  )
}

/** Which sessions of an actor to end, and why. */
export interface SessionsToEnd {
  readonly workspaceId: string
  readonly actorId: string
  readonly reason: SessionEnd
  /** Id of a session that is not ended; when absent or null, all sessions are ended. */
  readonly except?: string | null
}

/** Ends all sessions of an actor that have not yet ended, except the session `except`. */
export async function endSessions(client: Statements, target: SessionsToEnd): Promise<void> {
  await client.query(
    sql`update sessions set revoked_at = now(), revoked_reason = ${target.reason}
        where workspace_id = ${target.workspaceId}::uuid and actor_id = ${target.actorId}::uuid
          and revoked_at is null and expires_at > now() and id is distinct from ${target.except ?? null}::uuid`,
  )
}

// Days for which an expired session is still listed, and for which its used refresh tokens are recognised as used.
const RETENTION_DAYS = 30
const DELETED_AT_ONCE = 100

/**
 * Deletes up to 100 sessions that expired more than 30 days ago, with their tokens. Each sign-in calls it, so more old
 * sessions are deleted than new ones are added.
 */
export async function deleteOldSessions(ownerPool: Pool): Promise<void> {
  await ownerPool.query(
    `delete from sessions where (workspace_id, id) in (
       select workspace_id, id from sessions where expires_at < now() - make_interval(days => $1)
       order by expires_at limit $2 for update skip locked)`,
    [RETENTION_DAYS, DELETED_AT_ONCE],
  )
}
