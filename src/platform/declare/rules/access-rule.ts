import type { RequestFacts } from '../objects/request-facts.ts'
import type { FilterOf } from '../record-types.ts'

/** The actor whose access an access rule restricts. */
export interface AccessRuleActor {
  /** uuid of the actor. */
  readonly id: string
  readonly kind: 'USER' | 'API_KEY' | 'PLUGIN'
  /** Names of the actor's roles. */
  readonly roles: readonly string[]
}

/**
 * A rule that restricts which records of an object are accessible, further than the caller's roles do: in every read,
 * count, filter, live change and write. It never grants access to a record that permissions and sharing do not cover.
 */
export interface AccessRule {
  /** `<plugin id>.<name>`. Administrators disable the rule by this name, and `whyAccess` returns it. */
  readonly name: string
  readonly description: string
  /** Name of the object, of this or another plugin, such as `Account`. */
  readonly object: string
  /**
   * Actions that the rule restricts, at least one: `read`, `create`, `update`, `delete`, and actions that business acts declare. A
   * record that can't be read can't be written either.
   */
  readonly on: readonly string[]
  /** Whether administrators can't disable the rule. */
  readonly isIntegral?: true
  /**
   * Returns which records are accessible: true for all records, false for no record, or a filter of the object as in
   * the GraphQL API, in which conditions on `id` accept plain uuids too. Called for each request that reads or writes
   * the object. It has to be synchronous, may use only its parameter and may take 250 ms. When it throws or takes
   * longer, the request fails with an error that names the plugin.
   *
   * @example decide: ({ actor }) => actor.kind !== 'API_KEY' || { status: { equals: 'PLANNED' } }
   */
  decide(request: AccessRequest): boolean | Readonly<Record<string, unknown>>
}

/** The request that an access rule decides about. */
export interface AccessRequest extends RequestFacts {
  readonly actor: AccessRuleActor
  /** One of `on`. */
  readonly action: string
  /** Time of the request. Use it instead of `new Date()`, so that tests can set it. */
  readonly now: Date
  /** The day of `now` in the time zone of the workspace, such as `2026-01-31`. */
  readonly today: string
}

/** An access rule whose filter is typed by the model of its object, when the object has the name of its model. */
export interface TypedAccessRule<
  Name extends string,
  Decision extends boolean | FilterOf<Name> = boolean | FilterOf<Name>,
> extends Omit<AccessRule, 'object' | 'decide'> {
  /** See `AccessRule`. */
  readonly object: Name
  /** See `AccessRule`. */
  decide(request: AccessRequest): Decision
}

/**
 * Declares an access rule, for `accessRules` of a plugin. Its filter is checked when the plugin is composed, for sample
 * requests.
 */
export function defineAccessRule<const Name extends string, const Decision extends boolean | FilterOf<Name>>(
  rule: TypedAccessRule<Name, Decision>,
): AccessRule {
  return rule
}
