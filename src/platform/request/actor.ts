/** An actor, reduced to what decides about permissions. */
export interface Grantee {
  /** Permission texts, such as `account:update@team`. */
  readonly permissions: ReadonlySet<string>
  /** Somebody who has to be allowed too: the scopes of an API key, or a plugin that acts for the caller. */
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
  /** Filter of the object, as its lists accept it. */
  readonly filter: unknown
}

/** The teams, teammates and subordinates (as uuids) whose records an actor's scopes cover, and its sharing rules. */
export interface ScopeMembers {
  /** Teams of the actor. */
  readonly teams: readonly string[]
  /** Users of these teams, including the actor. */
  readonly teammates: readonly string[]
  /** Actors with a role below one of the actor's roles. */
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
  /** Names of the actor's roles. */
  readonly roles: readonly string[]
  /** Permission texts that the roles grant. The functions of `permissions/grants.ts` evaluate them. */
  readonly permissions: ReadonlySet<string>
  /** uuids of the actor's roles. */
  readonly roleIds: readonly string[]
  /** Somebody who has to be allowed too: the scopes of an API key, and the plugin that acts for the actor. */
  readonly limitedBy?: Grantee
  /** Actors and teams whose records the scopes of the permissions cover. */
  readonly scopeMembers: ScopeMembers
  /** Changes whenever the actor's rights change; live streams that began with another version end. */
  readonly rightsVersion: string
  /** Ids of the plugins that are in use in the workspace, sorted. */
  readonly plugins: readonly string[]
  /** Names of the rules that are disabled in the workspace. */
  readonly disabledRules: ReadonlySet<string>
  /** Session of the credential; null for a credential without a session. */
  readonly sessionId: string | null
  /** Identity provider that issued the credential; null when the credential is not a token of a provider. */
  readonly identityProviderId: string | null
  /**
   * Name of the signing key of the access token; null for any other credential. When the key is no longer accepted,
   * streams that its tokens opened end.
   */
  readonly keyId: string | null
  /** When the credential expires, and every stream that it opened ends; null for never. */
  readonly expiresAt: Date | null
}
