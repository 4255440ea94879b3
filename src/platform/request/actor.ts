import type { Calendar } from './calendar.ts'
import type { StoredSettings } from './stored-settings.ts'

/** The permissions of an actor, as the functions of `permissions/grants.ts` check them. */
export interface Grantee {
  /** Permission texts, such as `account:update@team`. */
  readonly permissions: ReadonlySet<string>
  /**
   * Further permissions that also have to allow each action: the key scopes (permission texts that limit an API key),
   * or the permissions of a plugin that acts for the caller. A plugin that acts for an API key is limited by the key
   * scopes and by its own permissions.
   */
  readonly limitedBy?: Grantee
}

/** A sharing rule that applies to an actor: it shares the records of an object that match the filter. */
export interface SharingRule {
  /** uuid */
  readonly id: string
  readonly name: string
  /** Object, such as `Account`. */
  readonly object: string
  readonly access: 'READ' | 'UPDATE' | 'DELETE'
  /** Value of the argument `filter` of the object's lists. */
  readonly filter: unknown
}

/**
 * The teams, teammates and subordinates (uuids) whose records an actor's scopes cover, and the sharing rules for the
 * actor's roles and teams.
 */
export interface ScopeMembers {
  /** Teams of the actor. */
  readonly teams: readonly string[]
  /** Users of these teams, including the actor. */
  readonly teammates: readonly string[]
  /** Actors with a role that is below one of the actor's roles in the hierarchy of roles. */
  readonly subordinates: readonly string[]
  /** Sharing rules for the actor's roles and teams. */
  readonly sharingRules: readonly SharingRule[]
}

export const NO_SCOPE_MEMBERS: ScopeMembers = {
  teams: [],
  teammates: [],
  subordinates: [],
  sharingRules: [],
}

/** A user, an API key or a plugin in one workspace, with the rights that it has at the beginning of the request. */
export interface Actor {
  /** uuid */
  readonly id: string
  readonly kind: 'USER' | 'API_KEY' | 'PLUGIN'
  readonly displayName: string
  /** uuid */
  readonly workspaceId: string
  /** Calendar of the workspace. */
  readonly calendar: Calendar
  /** Names of the actor's roles. */
  readonly roles: readonly string[]
  /** Permission texts that the roles grant. The functions of `permissions/grants.ts` evaluate them. */
  readonly permissions: ReadonlySet<string>
  /** uuids of the actor's roles. */
  readonly roleIds: readonly string[]
  /** As `Grantee.limitedBy`: permissions that also have to allow each action. Absent when nothing limits the actor. */
  readonly limitedBy?: Grantee
  /** Teams, teammates, subordinates and sharing rules of the actor; empty when none of its permissions has a scope. */
  readonly scopeMembers: ScopeMembers
  /**
   * A value that changes whenever the actor's roles, key scopes, secret or scope members change. A stream that began
   * with another value ends.
   */
  readonly rightsVersion: string
  /** Ids of the plugins that are in use in the workspace, sorted. */
  readonly plugins: readonly string[]
  /** Names of the rules that are disabled in the workspace. */
  readonly disabledRules: ReadonlySet<string>
  /** Settings of the plugins that are in use, by plugin id. Absent for a plugin of which nothing is set. */
  readonly pluginSettings: Readonly<Record<string, StoredSettings>>
  /**
   * A value that changes whenever the workspace changes settings or disabled rules of a plugin. A stream that began
   * with another value ends.
   */
  readonly pluginsVersion: string
  /** Session of the credential; null for a credential without a session. */
  readonly sessionId: string | null
  /** Identity provider that issued the credential; null when the credential is not a token of a provider. */
  readonly identityProviderId: string | null
  /**
   * Id (`kid`) of the signing key of the access token; null for any other credential. When the key is no longer
   * accepted, streams that its tokens opened end.
   */
  readonly keyId: string | null
  /** When the credential expires and every stream that it opened ends; null when the credential never expires. */
  readonly expiresAt: Date | null
}
