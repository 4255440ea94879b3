/** Who asks for records, as an access rule is told. */
export interface AccessRuleActor {
  /** uuid */
  readonly id: string
  readonly kind: 'USER' | 'API_KEY' | 'PLUGIN'
  /** Names of its roles. */
  readonly roles: readonly string[]
}

/**
 * A restriction on which records of an object may be reached, whatever the caller's roles say. It can only take away: what
 * permissions and sharing don't give, no rule gives. It holds for reads, counts, filters, live changes and writes alike.
 */
export interface AccessRule {
  /** `<plugin id>.<name>`. Workspaces switch it by this name, and `whyAccess` names it. */
  readonly name: string
  readonly description: string
  /** Object, its own or another's, such as `Account`. */
  readonly object: string
  /** Actions it restricts, such as `read`. What may not be read can't be written either. */
  readonly on: readonly string[]
  /** Whether workspaces can't switch it off. */
  readonly isIntegral?: true
  /**
   * True for all records, false for none, or the filter that records meet, as the object's lists take it; ids in it may be plain
   * uuids. It only looks at what it is told, and answers at once: it runs for each request, in 250 ms at most. What it throws
   * fails the request, with the plugin named.
   */
  decide(asked: {
    readonly actor: AccessRuleActor
    readonly action: string
  }): boolean | Readonly<Record<string, unknown>>
}

/** Declares a restriction on which records may be reached. */
export function defineAccessRule(rule: AccessRule): AccessRule {
  return rule
}
