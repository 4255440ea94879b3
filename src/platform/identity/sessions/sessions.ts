import type { Pool, PoolClient } from 'pg'
import { uuidv7 } from 'uuidv7'
import { type Sql, sql } from '../../data/sql.ts'
import type { RequestOrigin } from '../../request/origin.ts'
import { hashSecret, makeSecret } from '../secrets.ts'

/** Whatever takes statements: a pool, a connection within a transaction, or an operation's transaction. */
export interface Statements {
  query(statement: Sql): Promise<unknown>
}

/** Why a session was ended before its time. */
export type SessionEnd = 'SIGNED_OUT' | 'REVOKED' | 'REFRESH_TOKEN_REUSED' | 'PASSWORD_CHANGED' | 'SUSPENDED'

/** How long sessions live, in seconds. */
export interface SessionLife {
  /** At most, however much it is used. */
  readonly absoluteSeconds: number
  /** Without a refresh. */
  readonly idleSeconds: number
}

export interface NewSession {
  readonly workspaceId: string
  readonly actorId: string
  /** Who vouched for the user; null for a password. */
  readonly identityProviderId: string | null
  readonly origin: RequestOrigin
}

/** A session with the refresh token that takes it further. The token is told this once. */
export interface SessionTokens {
  readonly workspaceId: string
  readonly actorId: string
  readonly sessionId: string
  readonly refreshToken: string
  /** When the session ends unless it is refreshed. */
  readonly expiresAt: Date
}

/** Begins a session, in the caller's transaction of the owner. Checks no right. */
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

/** Adds a refresh token to a session, in the caller's transaction of the owner. Answers it; the database keeps its hash. */
export async function addRefreshToken(client: PoolClient, workspaceId: string, sessionId: string): Promise<string> {
  const refreshToken = makeSecret('rpr_')
  await client.query('insert into refresh_tokens (workspace_id, hash, session_id) values ($1, $2, $3)', [
    workspaceId,
    hashSecret(refreshToken),
    sessionId,
  ])
  return refreshToken
}

/** Ends one session; its tokens are refused from the next request on. Does nothing to one that had ended before. */
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

export interface SessionsToEnd {
  readonly workspaceId: string
  readonly actorId: string
  readonly reason: SessionEnd
  /** Session that stays. */
  readonly except?: string | null
}

/** Ends all sessions of an actor that have not ended yet, but for one. */
export async function endSessions(client: Statements, ended: SessionsToEnd): Promise<void> {
  await client.query(
    sql`update sessions set revoked_at = now(), revoked_reason = ${ended.reason}
        where workspace_id = ${ended.workspaceId}::uuid and actor_id = ${ended.actorId}::uuid
          and revoked_at is null and expires_at > now() and id is distinct from ${ended.except ?? null}::uuid`,
  )
}

// So long after its end a session is still listed, and a token of it that turns up is known for one that was used.
const KEPT_DAYS = 30
const FORGOTTEN_AT_ONCE = 100

/** Deletes some sessions that ended long ago, with their tokens: each sign-in takes more away than it adds. */
export async function forgetOldSessions(ownerPool: Pool): Promise<void> {
  await ownerPool.query(
    `delete from sessions where (workspace_id, id) in (
       select workspace_id, id from sessions where expires_at < now() - make_interval(days => $1)
       order by expires_at limit $2 for update skip locked)`,
    [KEPT_DAYS, FORGOTTEN_AT_ONCE],
  )
}
