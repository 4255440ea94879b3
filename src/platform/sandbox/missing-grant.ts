/** A permission that a plugin's code needed and that the plugin's manifest does not name. */
export interface MissingGrant {
  /** Id of the plugin. */
  readonly plugin: string
  /** Name of the rule, handler, job or operation. */
  readonly part: string
  /** The missing permission, such as `task:create`. */
  readonly permission: string
}

const missingGrants = new WeakMap<object, MissingGrant>()

/** Stores with an error which grant was missing. A missing grant that is already stored with the error is kept. */
export function noteMissingGrant(error: object, missing: MissingGrant): void {
  if (!missingGrants.has(error)) missingGrants.set(error, missing)
}

/** Returns the missing grant that is stored with an error, or undefined. */
export function missingGrantOf(error: unknown): MissingGrant | undefined {
  return error !== null && typeof error === 'object' ? missingGrants.get(error) : undefined
}
