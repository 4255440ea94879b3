import { ForbiddenError } from './errors.ts'

/**
 * `<object>:<action>`, both in camelCase: `account:create`. The actions of every object are `read`, `create`, `update`
 * and `delete`; a business act has its own (`lead:convert`) where someone must be able to grant it alone, and is
 * guarded by `update` otherwise. `restore` is guarded by `delete`.
 *
 * A grant may also be `account:*` (every action of an object), `*:read` (an action of every object that is not
 * administration) or `*:*` (everything).
 */
export type Permission = `${string}:${string}`

/** Who asks, as far as permissions go. */
export interface Grantee {
  readonly permissions: ReadonlySet<string>
  /** Somebody who has to be allowed too: a plugin that acts for the caller. */
  readonly within?: Grantee
}

/**
 * Objects that decide who may do what. `*:<action>` does not reach them: who may update every record may not thereby
 * give themselves more rights. They are granted by name (`user:read`), or by `*:*`.
 */
const ADMINISTRATION: ReadonlySet<string> = new Set(['workspace', 'user', 'role', 'apiKey', 'plugin'])

const CONCRETE = /^([a-z][A-Za-z0-9]*):([a-z][A-Za-z0-9]*)$/

export interface StartingRole {
  readonly name: string
  readonly permissions: readonly Permission[]
}

const readsEverything: readonly Permission[] = ['*:read', 'workspace:read', 'user:read', 'plugin:read']

/** The roles that a new workspace begins with. */
export const STARTING_ROLES: readonly StartingRole[] = [
  { name: 'admin', permissions: ['*:*'] },
  { name: 'member', permissions: [...readsEverything, '*:create', '*:update', '*:delete'] },
  { name: 'read-only', permissions: readsEverything },
]

/**
 * Whether the actor's roles grant this one concrete permission. The single place that decides: whatever is not granted,
 * or is not a well-formed permission, is denied.
 */
export function can(actor: Grantee, permission: Permission): boolean {
  const [, object, action] = CONCRETE.exec(permission) ?? []
  if (object === undefined || action === undefined) return false
  if (actor.within && !can(actor.within, permission)) return false
  const granted = actor.permissions
  return (
    granted.has(permission) ||
    granted.has('*:*') ||
    granted.has(`${object}:*`) ||
    (granted.has(`*:${action}`) && !ADMINISTRATION.has(object))
  )
}

/** Throws ForbiddenError unless the actor has the permission. */
export function requirePermission(actor: Grantee, permission: Permission): void {
  if (!can(actor, permission)) throw new ForbiddenError(permission)
}
