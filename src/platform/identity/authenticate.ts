import type { Pool } from 'pg'
import { shareInFlight } from '../async/share-in-flight.ts'
import { permissionSet } from '../permissions/grants.ts'
import type { Actor, ScopeMembers } from '../request/actor.ts'
import { type CredentialSource, readActor, readActorByKeyHash, type StoredActor } from './actor-store.ts'
import { isApiKey, isWellFormedApiKey } from './api-keys.ts'
import { missingCredential, refusedCredential } from './identity-errors.ts'
import { claimedIssuer } from './providers/verify-identity.ts'
import { hashSecret } from './secrets.ts'
import type { SigningKeys } from './sessions/signing-keys.ts'
import { ISSUER } from './sessions/tokens.ts'
import { createTokenVerifier } from './sessions/verified-tokens.ts'
import type { SignIn } from './sign-in.ts'
import type { SignInRequest } from './sign-in-audit.ts'

export interface Authenticator {
  /**
   * Returns the actor of the credential in the `Authorization` header. The header is null when the request has none.
   * @throws AuthenticationError when the credential is missing or refused; any other error means that the database did
   *   not respond.
   */
  authenticate(authorization: string | null, request?: CredentialRequest): Promise<Actor>
  /**
   * Returns the same actor with its current rights, for a long-lived connection or a download that it ordered before.
   * @throws AuthenticationError when the credential is not accepted any more.
   */
  renew(actor: AuthenticatedActor): Promise<Actor>
}

/** Who an actor is, and what its credential depends on. */
export type AuthenticatedActor = Pick<
  Actor,
  'id' | 'workspaceId' | 'sessionId' | 'identityProviderId' | 'keyId' | 'expiresAt'
>

/** What a request contains besides the credential. */
export interface CredentialRequest extends SignInRequest {
  /**
   * Slug of the workspace to sign in to, needed when several workspaces accept the same token of an identity provider;
   * null when the request names no workspace.
   */
  readonly workspace: string | null
}

const NO_REQUEST: CredentialRequest = {
  workspace: null,
  requestId: '',
  origin: { ipAddress: null, userAgent: null },
}

const BEARER = /^bearer +([^\s]+)$/i

/**
 * Creates the authenticator of a server. It accepts access tokens, API keys and, when `signIn` is given, tokens of
 * identity providers. Each authentication reads the current actor and its rights in one statement, so a suspended user,
 * an ended session or a removed role takes effect with the next request. Concurrent requests with the same credential
 * share this statement. A token of an identity provider needs a second statement, which reads the provider.
 */
export function createAuthenticator(
  ownerPool: Pool,
  keys: SigningKeys,
  signIn?: Pick<SignIn, 'identify'>,
): Authenticator {
  const verifyAccessToken = createTokenVerifier(keys)
  const readByKeyHash = shareInFlight((keyHash) => readActorByKeyHash(ownerPool, keyHash))
  const readByIds = shareInFlight((ids) => {
    const [workspaceId = '', actorId = '', sessionId, identityProviderId] = ids.split('/')
    return readActor(ownerPool, workspaceId, actorId, {
      sessionId: sessionId || null,
      identityProviderId: identityProviderId || null,
    })
  })
  const actorOf = async (workspaceId: string, actorId: string, source: CredentialSource, expiresAt: Date | null) => {
    const ids = [workspaceId, actorId, source.sessionId ?? '', source.identityProviderId ?? ''].join('/')
    return requireValid(await readByIds(ids), expiresAt, source)
  }

  return {
    async authenticate(authorization, request = NO_REQUEST) {
      if (!authorization) throw missingCredential('The request has no Authorization header.')
      const credential = BEARER.exec(authorization)?.[1]
      if (!credential) throw missingCredential('The Authorization header is not of the form "Bearer <credential>".')
      if (isApiKey(credential)) {
        if (!isWellFormedApiKey(credential)) throw refusedCredential('The API key is malformed.')
        return requireValid(await readByKeyHash(hashSecret(credential)), null, NO_SOURCE)
      }
      const issuer = signIn ? claimedIssuer(credential) : null
      if (signIn && issuer !== null && issuer !== ISSUER) {
        const { workspaceId, actorId, ...token } = await signIn.identify(credential, request.workspace, request)
        return actorOf(workspaceId, actorId, { sessionId: null, ...token }, token.expiresAt)
      }
      const { workspaceId, actorId, sessionId, expiresAt, keyId } = await verifyAccessToken(credential)
      return actorOf(workspaceId, actorId, { sessionId, identityProviderId: null, keyId }, expiresAt)
    },
    async renew(actor) {
      if (actor.keyId !== null && !(await keys.find(actor.keyId)))
        throw refusedCredential('The signing key of the token is not accepted any more.')
      return actorOf(actor.workspaceId, actor.id, actor, actor.expiresAt)
    },
  }
}

/**
 * Returns the actor with this id and its current rights, for the command line, where no request brings a credential.
 * @throws AuthenticationError when the actor does not exist, is suspended, or is an API key that has expired.
 */
export async function actorById(ownerPool: Pool, workspaceId: string, actorId: string): Promise<Actor> {
  return requireValid(await readActor(ownerPool, workspaceId, actorId), null, NO_SOURCE)
}

const NO_SOURCE: CredentialSource = { sessionId: null, identityProviderId: null }

/** Returns the actor of a credential. Throws AuthenticationError when the actor or the credential is not valid. */
function requireValid(stored: StoredActor | null, credentialExpiresAt: Date | null, source: CredentialSource): Actor {
  if (!stored) throw refusedCredential('The credential belongs to no actor.')
  if (!stored.isCredentialValid) {
    throw refusedCredential(
      source.sessionId === null
        ? `The identity provider ${source.identityProviderId} is not active any more.`
        : `The session ${source.sessionId} has ended.`,
    )
  }
  if (!stored.isActive) throw refusedCredential(`The actor ${stored.id} is suspended.`)
  if (stored.expiresAt && stored.expiresAt.getTime() <= Date.now()) {
    throw refusedCredential(`The API key of the actor ${stored.id} expired at ${stored.expiresAt.toISOString()}.`)
  }
  return actorFrom(stored, credentialExpiresAt, source)
}

/** Converts a stored actor to an actor of a request. Does not check whether it is suspended or expired. */
export function actorFrom(
  stored: StoredActor,
  credentialExpiresAt: Date | null = null,
  source: CredentialSource = NO_SOURCE,
): Actor {
  return {
    id: stored.id,
    kind: stored.kind,
    displayName: stored.displayName,
    workspaceId: stored.workspaceId,
    calendar: stored.calendar,
    roles: stored.roles.map((role) => role.name),
    roleIds: stored.roles.map((role) => role.id),
    permissions: permissionSet(stored.roles.flatMap((role) => role.permissions)),
    ...(stored.scopes.includes('*:*') ? {} : { limitedBy: { permissions: permissionSet(stored.scopes) } }),
    scopeMembers: scopeMembersOf(stored.scopeMembers),
    rightsVersion: stored.rightsVersion,
    plugins: stored.plugins,
    disabledRules: new Set(stored.disabledRules),
    pluginSettings: stored.pluginSettings,
    pluginsVersion: stored.pluginsVersion,
    sessionId: source.sessionId,
    identityProviderId: source.identityProviderId,
    keyId: source.keyId ?? null,
    expiresAt: earlier(credentialExpiresAt, stored.expiresAt),
  }
}

function scopeMembersOf({
  teams = [],
  mates = [],
  below = [],
  sharing = [],
}: StoredActor['scopeMembers']): ScopeMembers {
  return { teams, teammates: mates, subordinates: below, sharingRules: sharing }
}

function earlier(one: Date | null, other: Date | null): Date | null {
  if (!one || !other) return one ?? other
  return one < other ? one : other
}
