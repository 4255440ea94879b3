/** Code of a plugin that was refused what its own permissions lack, whatever the caller may do. */
export interface MissingGrant {
  /** Id of the plugin. */
  readonly plugin: string
  /** Name of the rule, handler, job or operation. */
  readonly part: string
  readonly permission: string
}

const noted = new WeakMap<object, MissingGrant>()

/** Notes on an error which permission of the plugin was missing. An error that has such a note keeps it. */
export function noteMissingGrant(error: object, missing: MissingGrant): void {
  if (!noted.has(error)) noted.set(error, missing)
}

/** What is noted of an error, or undefined. */
export function missingGrantOf(error: unknown): MissingGrant | undefined {
  return error !== null && typeof error === 'object' ? noted.get(error) : undefined
}
