/**
 * What somebody may do: `<object>:<action>`, such as `account:create`, or of one field, `account.annualRevenue:update`, in
 * camelCase as in the API. The actions of every object are `read`, `create`, `update` and `delete`; a business act may have its
 * own (`lead:convert`) where someone must be able to grant it alone, and is guarded by `update` otherwise. `restore` is guarded
 * by `delete`. What a role grants is written in the same way, with `*` for any object or action and a scope for the records
 * (see `parsePermission`).
 */
export type Permission = `${string}:${string}`

/** Records that a grant reaches where it doesn't reach all. Each reaches what is shared too, and all but `shared` what is owned. */
export const SCOPES = ['own', 'team', 'hierarchy', 'shared'] as const

/** One of {@link SCOPES}. */
export type Scope = (typeof SCOPES)[number]

/** A permission text, taken apart. */
export interface ParsedPermission {
  /** In camelCase, or `*`. */
  readonly object: string
  /** One field of the object; null for all. */
  readonly field: string | null
  /** In camelCase, or `*`. */
  readonly action: string
  /** Records that it reaches; null for all. */
  readonly scope: Scope | null
}

const PERMISSION =
  /^(?:(?<object>[a-z][A-Za-z0-9]*)(?:\.(?<field>[a-z][A-Za-z0-9]*))?|(?<any>\*)):(?<action>\*|[a-z][A-Za-z0-9]*)(?:@(?<scope>[a-z]+))?$/

/**
 * The parts of a permission text, or null for what is none. A field is named on one object only: `*.name:read` is none.
 */
export function parsePermission(text: string): ParsedPermission | null {
  const { object, field, any, action, scope } = PERMISSION.exec(text)?.groups ?? {}
  const known = scope === undefined ? null : SCOPES.find((each) => each === scope)
  if (action === undefined || known === undefined) return null
  return { object: object ?? any ?? '*', field: field ?? null, action, scope: known }
}
