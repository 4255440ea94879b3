import type { Pool } from 'pg'
import { readActor, readActorByKeyHash, type SharingRule, type StoredActor } from './actor-store.ts'
import { hashApiKey, isApiKey, isWellFormedApiKey } from './api-keys.ts'
import { missingCredential, refusedCredential } from './errors.ts'
import type { Grantee } from './permissions.ts'
import { shareWaiting } from './share-waiting.ts'
import type { SigningKeys } from './signing-keys.ts'
import { createTokenVerifier } from './verified-tokens.ts'

/** Who acts: a user, an integration or a plugin, in one workspace, with the rights of this moment. */
export interface Actor {
  /** uuid */
  readonly id: string
  readonly kind: 'USER' | 'API_KEY' | 'PLUGIN'
  readonly displayName: string
  readonly workspaceId: string
  /** Names of its roles. */
  readonly roles: readonly string[]
  /** All that its roles grant; `can` and `requirePermission` decide by it. */
  readonly permissions: ReadonlySet<string>
  /** uuids of its roles. */
  readonly roleIds: readonly string[]
  /** Who has to be allowed too: an API key's scopes, and the plugin that acts for it. */
  readonly within?: Grantee
  /** Sharing rules that reach it. */
  readonly sharing: readonly SharingRule[]
  /** Ids of the plugins that its workspace uses, sorted. */
  readonly plugins: readonly string[]
  /** Names of rules that its workspace has switched off. */
  readonly disabledRules: ReadonlySet<string>
  /** When the credential ends, and with it every stream that it opened; null for never. */
  readonly expiresAt: Date | null
}

export interface Authenticator {
  /**
   * Finds out who sends the `Authorization` header (null when there is none). Throws AuthenticationError; any other
   * error means that the database did not answer.
   */
  authenticate(authorization: string | null): Promise<Actor>
  /** The same actor with the rights of now, for a connection that lives long. Throws AuthenticationError. */
  renew(actor: Actor): Promise<Actor>
}

const BEARER = /^bearer +([^\s]+)$/i

/**
 * Authenticates access tokens and API keys. Each answer reads the actor and its rights anew, in one statement, so a
 * suspended user or a removed role counts from the next request on.
 */
export function createAuthenticator(owner: Pool, keys: SigningKeys): Authenticator {
  const verify = createTokenVerifier(keys)
  const byKeyHash = shareWaiting((keyHash) => readActorByKeyHash(owner, keyHash))
  const byId = shareWaiting((key) => {
    const [workspaceId = '', actorId = ''] = key.split('/')
    return readActor(owner, workspaceId, actorId)
  })

  return {
    async authenticate(authorization) {
      if (!authorization) throw missingCredential('The request has no Authorization header.')
      const credential = BEARER.exec(authorization)?.[1]
      if (!credential) throw missingCredential('The Authorization header is not of the form "Bearer <credential>".')
      if (isApiKey(credential)) {
        if (!isWellFormedApiKey(credential)) throw refusedCredential('The API key is malformed.')
        return admitted(await byKeyHash(hashApiKey(credential)), null)
      }
      const claims = await verify(credential)
      return admitted(await byId(`${claims.workspaceId}/${claims.actorId}`), claims.expiresAt)
    },
    async renew(actor) {
      return admitted(await byId(`${actor.workspaceId}/${actor.id}`), actor.expiresAt)
    },
  }
}

/**
 * The actor of that id with the rights of this moment, for work that no request asked for: the command line. Throws
 * AuthenticationError when there is none, or it is suspended.
 */
export async function actorById(owner: Pool, workspaceId: string, actorId: string): Promise<Actor> {
  return admitted(await readActor(owner, workspaceId, actorId), null)
}

function admitted(stored: StoredActor | null, credentialExpiresAt: Date | null): Actor {
  if (!stored) throw refusedCredential('The credential belongs to no actor.')
  if (!stored.isActive) throw refusedCredential(`The actor ${stored.id} is suspended.`)
  if (stored.expiresAt && stored.expiresAt.getTime() <= Date.now()) {
    throw refusedCredential(`The API key of the actor ${stored.id} expired at ${stored.expiresAt.toISOString()}.`)
  }
  return {
    id: stored.id,
    kind: stored.kind,
    displayName: stored.displayName,
    workspaceId: stored.workspaceId,
    roles: stored.roles.map((role) => role.name),
    roleIds: stored.roles.map((role) => role.id),
    permissions: new Set(stored.roles.flatMap((role) => role.permissions)),
    ...(stored.scopes.includes('*:*') ? {} : { within: { permissions: new Set(stored.scopes) } }),
    sharing: stored.sharing,
    plugins: stored.plugins,
    disabledRules: new Set(stored.disabledRules),
    expiresAt: earlier(credentialExpiresAt, stored.expiresAt),
  }
}

function earlier(one: Date | null, other: Date | null): Date | null {
  if (!one || !other) return one ?? other
  return one < other ? one : other
}
