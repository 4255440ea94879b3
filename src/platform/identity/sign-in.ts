import type { Pool } from 'pg'
import { ownerTransaction } from '../data/owner-transaction.ts'
import { AuthenticationError, refusedCredential } from './identity-errors.ts'
import { countAddressAttempts } from './passwords/address-attempts.ts'
import { type PasswordCredentials, signInByPassword } from './passwords/password-sign-in.ts'
import { setPasswordByToken } from './passwords/setup-tokens.ts'
import { followGroups, type IdentifiedUser, userOfIdentity } from './providers/user-of-identity.ts'
import { type IdentityTokenParts, type VerifiedIdentity, verifyIdentity } from './providers/verify-identity.ts'
import { hashSecret, isSecret } from './secrets.ts'
import { sessionOfToken, useRefreshToken } from './sessions/refresh-tokens.ts'
import {
  endSession,
  forgetOldSessions,
  type SessionLife,
  type SessionTokens,
  startSession,
} from './sessions/sessions.ts'
import type { SigningKeys } from './sessions/signing-keys.ts'
import { DEFAULT_TOKEN_SECONDS, issueToken, verifyToken } from './sessions/tokens.ts'
import { auditUser, type SignInRequest } from './sign-in-audit.ts'

/** What a sign-in gives: RFC 6749, 5.1. */
export interface TokenPair {
  readonly accessToken: string
  /** Life of the access token in whole seconds. */
  readonly expiresInSeconds: number
  readonly refreshToken: string
}

/**
 * Ways to begin, prolong and end a session. Each throws AuthenticationError for credentials that are refused, whose message is the
 * same for every cause, and NotNowError for what is not looked at now.
 */
export interface SignIn {
  byPassword(credentials: PasswordCredentials, request: SignInRequest): Promise<TokenPair>
  /** By a token of an identity provider; `workspace`, a slug, decides among several that would take it. */
  byIdentity(token: string, workspace: string | null, request: SignInRequest): Promise<TokenPair>
  refresh(refreshToken: string, request: SignInRequest): Promise<TokenPair>
  /** Ends the session of a refresh or access token. False for an access token without one; an unknown token is no matter. */
  revoke(token: string): Promise<boolean>
  /** Sets a password by a setup token. Throws PasswordError for a bad password. */
  setPassword(setupToken: string, password: string, request: SignInRequest): Promise<void>
  /** Who a token of an identity provider stands for, taken as a credential by itself. */
  identify(token: string, workspace: string | null, request: SignInRequest): Promise<Identified>
}

export interface Identified extends IdentifiedUser {
  readonly identityProviderId: string
  readonly expiresAt: Date
}

export interface SignInParts extends IdentityTokenParts {
  readonly signingKeys: SigningKeys
  readonly sessions: SessionLife
}

/** The sign-in of one server. */
export function createSignIn(parts: SignInParts): SignIn {
  const { ownerPool, sessions: life } = parts
  const addresses = countAddressAttempts()

  async function tokensOf(session: SessionTokens): Promise<TokenPair> {
    const left = Math.floor((session.expiresAt.getTime() - Date.now()) / 1000)
    const expiresInSeconds = Math.max(1, Math.min(DEFAULT_TOKEN_SECONDS, left))
    const accessToken = await issueToken(parts.signingKeys, { ...session, expiresInSeconds })
    return { accessToken, expiresInSeconds, refreshToken: session.refreshToken }
  }

  return {
    async byPassword(credentials, request) {
      const session = await signInByPassword({ ownerPool, addresses, life }, credentials, request)
      await forgetOldSessions(ownerPool)
      return tokensOf(session)
    },
    async byIdentity(token, workspace, request) {
      const identity = await verifyIdentity(parts, token, workspace)
      const session = await recordingRefusals(ownerPool, identity, request, () =>
        beginByIdentity(ownerPool, life, identity, request),
      )
      await forgetOldSessions(ownerPool)
      return tokensOf(session)
    },
    async refresh(refreshToken, request) {
      const isTrusted = (issuer: string) => parts.trusted.problemWith(issuer) === null
      const refreshed = await useRefreshToken(ownerPool, refreshToken, life, isTrusted)
      if (refreshed.kind === 'refreshed') return tokensOf(refreshed.tokens)
      const { isLive, ...session } = refreshed.session
      // Only once: whoever has a used token could fill the audit with it.
      if (isLive) await auditUser(ownerPool, { ...session, operation: 'SIGN_IN_REFUSED' }, request)
      throw refusedCredential(`A used refresh token of the session ${session.sessionId} was sent again: it has ended.`)
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
      const known = { workspaceId: provider.workspaceId, identityProviderId: provider.id, expiresAt }
      if (provider.actorId !== null) return { ...known, actorId: provider.actorId }
      const user = await recordingRefusals(ownerPool, identity, request, () =>
        ownerTransaction(ownerPool, async (client) => {
          const found = await userOfIdentity(client, identity, request)
          await auditUser(client, { ...found, operation: 'SIGNED_IN' }, request)
          return found
        }),
      )
      return { ...known, ...user }
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
    await followGroups(client, identity, user, request)
    await auditUser(client, { ...user, operation: 'SIGNED_IN' }, request)
    return startSession(client, life, { ...user, identityProviderId: identity.provider.id, origin: request.origin })
  })
}

/** Tells the audit when a user is refused who proved to be known to the provider. What was begun for them is undone by then. */
async function recordingRefusals<Result>(
  ownerPool: Pool,
  { provider }: VerifiedIdentity,
  request: SignInRequest,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof AuthenticationError && error.actorId !== null) {
      const user = { workspaceId: provider.workspaceId, actorId: error.actorId }
      await auditUser(ownerPool, { ...user, operation: 'SIGN_IN_REFUSED' }, request)
    }
    throw error
  }
}

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
