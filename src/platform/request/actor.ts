/** Who asks, as far as permissions go. */
export interface Grantee {
  readonly permissions: ReadonlySet<string>
  /** Somebody who has to be allowed too: an API key's scopes, a plugin that acts for the caller. */
  readonly limitedBy?: Grantee
}

/** A sharing rule in force: the records of an object that meet the filter. */
export interface SharingRule {
  /** uuid */
  readonly id: string
  readonly name: string
  /** Object, such as `Account`. */
  readonly object: string
  readonly access: 'READ' | 'UPDATE' | 'DELETE'
  /** As the object's lists take it. */
  readonly filter: unknown
}

/** Whom an actor reaches by the scopes of its permissions. uuids. */
export interface ScopeMembers {
  /** Its teams. */
  readonly teams: readonly string[]
  /** Users of its teams, itself included. */
  readonly teammates: readonly string[]
  /** Actors whose roles lie below one of its own. */
  readonly subordinates: readonly string[]
  /** Sharing rules for its roles and teams. */
  readonly sharingRules: readonly SharingRule[]
}

export const NO_SCOPE_MEMBERS: ScopeMembers = {
  teams: [],
  teammates: [],
  subordinates: [],
  sharingRules: [],
}

/** Who acts: a user, an integration or a plugin, in one workspace, with the rights of this moment. */
export interface Actor {
  /** uuid */
  readonly id: string
  readonly kind: 'USER' | 'API_KEY' | 'PLUGIN'
  readonly displayName: string
  readonly workspaceId: string
  /** Names of its roles. */
  readonly roles: readonly string[]
  /** All that its roles grant; `can` and the like (permissions.ts) decide by it. */
  readonly permissions: ReadonlySet<string>
  /** uuids of its roles. */
  readonly roleIds: readonly string[]
  /** Who has to be allowed too: an API key's scopes, and the plugin that acts for it. */
  readonly limitedBy?: Grantee
  /** Whom the scopes of its permissions reach. */
  readonly scopeMembers: ScopeMembers
  /** Differs whenever anything of its rights does: live streams end then. */
  readonly rightsVersion: string
  /** Ids of the plugins that its workspace uses, sorted. */
  readonly plugins: readonly string[]
  /** Names of rules that its workspace has switched off. */
  readonly disabledRules: ReadonlySet<string>
  /** Session that the credential belongs to; null for one without. */
  readonly sessionId: string | null
  /** Identity provider whose own token the credential is; null for any other. */
  readonly identityProviderId: string | null
  /** Name of the signing key of its access token; null for any other credential. A key that is given up ends what it opened. */
  readonly keyId: string | null
  /** When the credential ends, and with it every stream that it opened; null for never. */
  readonly expiresAt: Date | null
}
