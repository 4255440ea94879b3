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
   * Finds out who sends the `Authorization` header (null when there is none). Throws AuthenticationError; any other
   * error means that the database did not answer.
   */
  authenticate(authorization: string | null, request?: CredentialRequest): Promise<Actor>
  /** The same actor with the rights of now, for a connection that lives long. Throws AuthenticationError. */
  renew(actor: Actor): Promise<Actor>
}

/** What a request says of itself beside the credential. */
export interface CredentialRequest extends SignInRequest {
  /** Slug of the workspace that a token of an identity provider is for, where several would take it; null for none named. */
  readonly workspace: string | null
}

const NOTHING_SAID: CredentialRequest = {
  workspace: null,
  requestId: '',
  origin: { ipAddress: null, userAgent: null },
}

const BEARER = /^bearer +([^\s]+)$/i

/**
 * Authenticates access tokens, API keys and, where there is a sign-in, tokens of identity providers. Each answer reads the
 * actor and its rights anew, in one statement, so a suspended user, an ended session or a removed role counts from the next
 * request on. A token of an identity provider takes another statement, for the provider.
 */
export function createAuthenticator(
  ownerPool: Pool,
  keys: SigningKeys,
  signIn?: Pick<SignIn, 'identify'>,
): Authenticator {
  const verify = createTokenVerifier(keys)
  const byKeyHash = shareInFlight((keyHash) => readActorByKeyHash(ownerPool, keyHash))
  const byIds = shareInFlight((key) => {
    const [workspaceId = '', actorId = '', sessionId, identityProviderId] = key.split('/')
    return readActor(ownerPool, workspaceId, actorId, {
      sessionId: sessionId || null,
      identityProviderId: identityProviderId || null,
    })
  })
  const byId = async (workspaceId: string, actorId: string, ground: CredentialSource, expiresAt: Date | null) => {
    const key = [workspaceId, actorId, ground.sessionId ?? '', ground.identityProviderId ?? ''].join('/')
    return admitted(await byIds(key), expiresAt, ground)
  }

  return {
    async authenticate(authorization, request = NOTHING_SAID) {
      if (!authorization) throw missingCredential('The request has no Authorization header.')
      const credential = BEARER.exec(authorization)?.[1]
      if (!credential) throw missingCredential('The Authorization header is not of the form "Bearer <credential>".')
      if (isApiKey(credential)) {
        if (!isWellFormedApiKey(credential)) throw refusedCredential('The API key is malformed.')
        return admitted(await byKeyHash(hashSecret(credential)), null, UNGROUNDED)
      }
      const issuer = signIn ? claimedIssuer(credential) : null
      if (signIn && issuer !== null && issuer !== ISSUER) {
        const { workspaceId, actorId, ...token } = await signIn.identify(credential, request.workspace, request)
        return byId(workspaceId, actorId, { sessionId: null, ...token }, token.expiresAt)
      }
      const { workspaceId, actorId, sessionId, expiresAt, keyId } = await verify(credential)
      return byId(workspaceId, actorId, { sessionId, identityProviderId: null, keyId }, expiresAt)
    },
    async renew(actor) {
      if (actor.keyId !== null && !(await keys.find(actor.keyId)))
        throw refusedCredential('The key that signed the token is not accepted any more.')
      return byId(actor.workspaceId, actor.id, actor, actor.expiresAt)
    },
  }
}

/**
 * The actor of that id with the rights of this moment, for work that no request asked for: the command line. Throws
 * AuthenticationError when there is none, or it is suspended.
 */
export async function actorById(ownerPool: Pool, workspaceId: string, actorId: string): Promise<Actor> {
  return admitted(await readActor(ownerPool, workspaceId, actorId), null, UNGROUNDED)
}

const UNGROUNDED: CredentialSource = { sessionId: null, identityProviderId: null }

function admitted(stored: StoredActor | null, credentialExpiresAt: Date | null, ground: CredentialSource): Actor {
  if (!stored) throw refusedCredential('The credential belongs to no actor.')
  if (!stored.isCredentialValid) {
    throw refusedCredential(
      ground.sessionId === null
        ? `The identity provider ${ground.identityProviderId} is not active any more.`
        : `The session ${ground.sessionId} has ended.`,
    )
  }
  if (!stored.isActive) throw refusedCredential(`The actor ${stored.id} is suspended.`)
  if (stored.expiresAt && stored.expiresAt.getTime() <= Date.now()) {
    throw refusedCredential(`The API key of the actor ${stored.id} expired at ${stored.expiresAt.toISOString()}.`)
  }
  return actorFrom(stored, credentialExpiresAt, ground)
}

/** An actor with what the database says of it, suspended or not. */
export function actorFrom(
  stored: StoredActor,
  credentialExpiresAt: Date | null = null,
  ground: CredentialSource = UNGROUNDED,
): Actor {
  return {
    id: stored.id,
    kind: stored.kind,
    displayName: stored.displayName,
    workspaceId: stored.workspaceId,
    roles: stored.roles.map((role) => role.name),
    roleIds: stored.roles.map((role) => role.id),
    permissions: permissionSet(stored.roles.flatMap((role) => role.permissions)),
    ...(stored.scopes.includes('*:*') ? {} : { limitedBy: { permissions: permissionSet(stored.scopes) } }),
    scopeMembers: scopeMembersOf(stored.reach),
    rightsVersion: stored.rightsVersion,
    plugins: stored.plugins,
    disabledRules: new Set(stored.disabledRules),
    sessionId: ground.sessionId,
    identityProviderId: ground.identityProviderId,
    keyId: ground.keyId ?? null,
    expiresAt: earlier(credentialExpiresAt, stored.expiresAt),
  }
}

function scopeMembersOf({ teams = [], mates = [], below = [], sharing = [] }: StoredActor['reach']): ScopeMembers {
  return { teams, teammates: mates, subordinates: below, sharingRules: sharing }
}

function earlier(one: Date | null, other: Date | null): Date | null {
  if (!one || !other) return one ?? other
  return one < other ? one : other
}
