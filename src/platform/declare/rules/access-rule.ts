/** The actor that an access rule decides about. */
export interface AccessRuleActor {
  /** uuid */
  readonly id: string
  readonly kind: 'USER' | 'API_KEY' | 'PLUGIN'
  /** Names of the actor's roles. */
  readonly roles: readonly string[]
}

/**
 * A rule that restricts record access to an object further than the caller's roles do, in every read, count, filter,
 * live change and write. It never grants access: records that permissions and sharing don't cover stay inaccessible.
 */
export interface AccessRule {
  /** `<plugin id>.<name>`. Administrators disable the rule by this name, and `whyAccess` returns it. */
  readonly name: string
  readonly description: string
  /** Object of this or another plugin, such as `Account`. */
  readonly object: string
  /**
   * Actions that the rule restricts: `read`, `create`, `update`, `delete`, and actions of business acts. A record that
   * can't be read can't be written either.
   */
  readonly on: readonly string[]
  /** Whether administrators can't disable the rule. */
  readonly isIntegral?: true
  /**
   * Returns the records that are accessible: true for all, false for none, or those that match a filter of the object,
   * as in the GraphQL API; ids in it may be plain uuids. It has to be synchronous and may use only its parameter. It
   * runs for each request, for at most 250 ms. When it throws or takes longer, the request fails with an error that
   * names the plugin.
   *
   * @example decide: ({ actor }) => actor.kind !== 'API_KEY' || { status: { equals: 'PLANNED' } }
   */
  decide(request: {
    readonly actor: AccessRuleActor
    /** One of `on`. */
    readonly action: string
  }): boolean | Readonly<Record<string, unknown>>
}

/** Declares an access rule, for `accessRules` of a plugin. */
export function defineAccessRule(rule: AccessRule): AccessRule {
  return rule
}
