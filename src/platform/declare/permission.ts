/**
 * The right to do an action on an object, `<object>:<action>` such as `account:create`, or on one field of it, such as
 * `account.annualRevenue:update`. Objects and fields are in camelCase, as in the API.
 *
 * Every object has the actions `read`, `create`, `update` and `delete`; restoring a record needs `delete`. A business
 * act, a mutation such as `completeTask`, needs `update`. An act may declare an action of its own instead, such as
 * `convert`: then a role can grant `lead:convert` without `lead:update`. The grants of a role are written in the same
 * way, with `*` for any object or action, and with a scope that limits the records: `account:update@team`.
 */
export type Permission = `${string}:${string}`

/**
 * The scopes of grants. A grant without a scope covers all records. Every grant with a scope covers the records that
 * are shared with the actor; with the scope `shared` only these records. A grant with the scope `own` also covers the
 * records that the actor owns, `team` also the records of the actor, of the actor's teams and of teammates, and
 * `hierarchy` also the records of the actor and of the actor's subordinates.
 */
export const SCOPES = ['own', 'team', 'hierarchy', 'shared'] as const

/** One of {@link SCOPES}. */
export type Scope = (typeof SCOPES)[number]

/** The parts of a permission text. */
export interface ParsedPermission {
  /** Object in camelCase, or `*` for any object. */
  readonly object: string
  /** One field of the object; null for all fields. */
  readonly field: string | null
  /** Action in camelCase, or `*` for any action. */
  readonly action: string
  /** Records that the grant covers; null for all records. */
  readonly scope: Scope | null
}

const PERMISSION =
  /^(?:(?<object>[a-z][A-Za-z0-9]*)(?:\.(?<field>[a-z][A-Za-z0-9]*))?|(?<any>\*)):(?<action>\*|[a-z][A-Za-z0-9]*)(?:@(?<scope>[a-z]+))?$/

/**
 * Returns the parts of a permission text, or null when the text is malformed. A field needs a named object:
 * `*.name:read` is malformed.
 *
 * @example parsePermission('account.name:update@team')
 * // { object: 'account', field: 'name', action: 'update', scope: 'team' }
 */
export function parsePermission(text: string): ParsedPermission | null {
  const { object, field, any, action, scope: scopeName } = PERMISSION.exec(text)?.groups ?? {}
  const scope = scopeName === undefined ? null : SCOPES.find((name) => name === scopeName)
  if (action === undefined || scope === undefined) return null
  return { object: object ?? any ?? '*', field: field ?? null, action, scope }
}
