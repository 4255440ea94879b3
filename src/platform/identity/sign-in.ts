import type { Pool } from 'pg'
import { ownerTransaction } from '../data/owner-transaction.ts'
import { AuthenticationError, refusedCredential } from './identity-errors.ts'
import { countAddressAttempts } from './passwords/address-attempts.ts'
import { type PasswordCredentials, signInByPassword } from './passwords/password-sign-in.ts'
import { setPasswordByToken } from './passwords/setup-tokens.ts'
import { type IdentifiedUser, updateRolesFromGroups, userOfIdentity } from './providers/user-of-identity.ts'
import { type IdentityTokenParts, type VerifiedIdentity, verifyIdentity } from './providers/verify-identity.ts'
import { hashSecret, isSecret } from './secrets.ts'
import { sessionOfToken, useRefreshToken } from './sessions/refresh-tokens.ts'
import {
  deleteOldSessions,
  endSession,
  type SessionLife,
  type SessionTokens,
  startSession,
} from './sessions/sessions.ts'
import type { SigningKeys } from './sessions/signing-keys.ts'
import { DEFAULT_TOKEN_SECONDS, issueToken, verifyToken } from './sessions/tokens.ts'
import { auditUser, type SignInRequest } from './sign-in-audit.ts'

/** The tokens that a sign-in or a refresh returns (RFC 6749, 5.1). */
export interface TokenPair {
  readonly accessToken: string
  /** Lifetime of the access token in whole seconds. */
  readonly expiresInSeconds: number
  readonly refreshToken: string
}

/**
 * The ways to begin, refresh and end a session. Each method throws AuthenticationError for credentials that are refused
 * (its message is the same for every cause) and RetryLaterError when the server does not process the request at this
 * time.
 */
export interface SignIn {
  byPassword(credentials: PasswordCredentials, request: SignInRequest): Promise<TokenPair>
  /**
   * Begins a session with a token of an identity provider. `workspace` is the slug of the workspace to sign in to,
   * needed when several workspaces accept the token.
   */
  byIdentity(token: string, workspace: string | null, request: SignInRequest): Promise<TokenPair>
  refresh(refreshToken: string, request: SignInRequest): Promise<TokenPair>
  /**
   * Ends the session of a refresh or access token. Returns false for an access token without a session, which can't be
   * revoked; otherwise true, also for an unknown token.
   */
  revoke(token: string): Promise<boolean>
  /** Sets a password with a setup token. Throws PasswordError when the password breaks a rule. */
  setPassword(setupToken: string, password: string, request: SignInRequest): Promise<void>
  /** Returns the user whom a token of an identity provider names, when the token itself is used as a credential. */
  identify(token: string, workspace: string | null, request: SignInRequest): Promise<IdentifiedCredential>
}

/** The user whom a token of an identity provider names, with the provider and the expiry of the token. */
export interface IdentifiedCredential extends IdentifiedUser {
  readonly identityProviderId: string
  readonly expiresAt: Date
}

/** The dependencies and settings of a server's sign-in. */
export interface SignInParts extends IdentityTokenParts {
  readonly signingKeys: SigningKeys
  readonly sessions: SessionLife
}

/** Creates the sign-in of one server. */
export function createSignIn(parts: SignInParts): SignIn {
  const { ownerPool, sessions: life } = parts
  const addresses = countAddressAttempts()

  async function tokensOf(session: SessionTokens): Promise<TokenPair> {
    const secondsLeft = Math.floor((session.expiresAt.getTime() - Date.now()) / 1000)
    const expiresInSeconds = Math.max(1, Math.min(DEFAULT_TOKEN_SECONDS, secondsLeft))
    const accessToken = await issueToken(parts.signingKeys, { ...session, expiresInSeconds })
    return { accessToken, expiresInSeconds, refreshToken: session.refreshToken }
  }

  return {
    async byPassword(credentials, request) {
      const session = await signInByPassword({ ownerPool, addresses, life }, credentials, request)
      await deleteOldSessions(ownerPool)
      return tokensOf(session)
    },
    async byIdentity(token, workspace, request) {
      const identity = await verifyIdentity(parts, token, workspace)
      const session = await auditRefusals(ownerPool, identity, request, () =>
        beginByIdentity(ownerPool, life, identity, request),
      )
      await deleteOldSessions(ownerPool)
      return tokensOf(session)
    },
    async refresh(refreshToken, request) {
      const isTrusted = (issuer: string) => parts.trusted.problemWith(issuer) === null
      const refreshed = await useRefreshToken(ownerPool, refreshToken, life, isTrusted)
      if (refreshed.kind === 'refreshed') return tokensOf(refreshed.tokens)
      const { isLive, ...session } = refreshed.session
      // Audited only once per session: otherwise anyone with a used token could fill the audit.
      if (isLive) await auditUser(ownerPool, { ...session, operation: 'SIGN_IN_REFUSED' }, request)
      throw refusedCredential(`A used refresh token was sent again, so the session ${session.sessionId} has ended.`)
    },
    async revoke(token) {
      const session = isSecret('rpr_', token)
        ? await sessionOfToken(ownerPool, hashSecret(token))
        : await sessionOfAccessToken(parts.signingKeys, token)
      if (session === null) return true
      const { workspaceId, sessionId } = session
      if (sessionId === null) return false
      await endSession(ownerPool, { workspaceId, sessionId, reason: 'SIGNED_OUT' })
      return true
    },
    async setPassword(setupToken, password, request) {
      const user = await setPasswordByToken(ownerPool, setupToken, password)
      const changes = { password: { from: null, to: null } }
      await auditUser(ownerPool, { ...user, operation: 'UPDATED', changes }, request)
    },
    async identify(token, workspace, request) {
      const identity = await verifyIdentity(parts, token, workspace)
      const { provider, expiresAt } = identity
      const credential = { workspaceId: provider.workspaceId, identityProviderId: provider.id, expiresAt }
      if (provider.actorId !== null) return { ...credential, actorId: provider.actorId }
      const user = await auditRefusals(ownerPool, identity, request, () =>
        ownerTransaction(ownerPool, async (client) => {
          const identified = await userOfIdentity(client, identity, request)
          await auditUser(client, { ...identified, operation: 'SIGNED_IN' }, request)
          return identified
        }),
      )
      return { ...credential, ...user }
    },
  }
}

function beginByIdentity(
  ownerPool: Pool,
  life: SessionLife,
  identity: VerifiedIdentity,
  request: SignInRequest,
): Promise<SessionTokens> {
  return ownerTransaction(ownerPool, async (client) => {
    const user = await userOfIdentity(client, identity, request)
    const { rowCount } = await client.query('select from actors where workspace_id = $1 and id = $2 and is_active', [
      user.workspaceId,
      user.actorId,
    ])
    if (rowCount === 0) throw refusedCredential(`The user ${user.actorId} is suspended.`, user.actorId)
    await updateRolesFromGroups(client, identity, user, request)
    await auditUser(client, { ...user, operation: 'SIGNED_IN' }, request)
    return startSession(client, life, { ...user, identityProviderId: identity.provider.id, origin: request.origin })
  })
}

/**
 * Runs `run` and returns its result. When it refuses a user whom the identity provider has identified, audits the
 * refusal, after the transaction of `run` was rolled back.
 */
async function auditRefusals<Result>(
  ownerPool: Pool,
  { provider }: VerifiedIdentity,
  request: SignInRequest,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof AuthenticationError && error.actorId !== null) {
      const user = { workspaceId: provider.workspaceId, actorId: error.actorId }
      await auditUser(ownerPool, { ...user, operation: 'SIGN_IN_REFUSED' }, request)
    }
    throw error
  }
}

/** Returns the workspace and session of an access token, or null when the token is not valid. */
async function sessionOfAccessToken(
  keys: SigningKeys,
  token: string,
): Promise<{ readonly workspaceId: string; readonly sessionId: string | null } | null> {
  try {
    return await verifyToken(keys, token)
  } catch (error) {
    if (error instanceof AuthenticationError) return null
    throw error
  }
}
