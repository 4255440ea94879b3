/** Code of a plugin that was refused what its own permissions lack, whatever the caller may do. */
export interface Ungranted {
  /** Id of the plugin. */
  readonly plugin: string
  /** Name of the rule, handler, job or operation. */
  readonly part: string
  readonly permission: string
}

const noted = new WeakMap<object, Ungranted>()

/** Notes on an error which permission of the plugin was missing. An error that has such a note keeps it. */
export function noteMissingGrant(error: object, missing: Ungranted): void {
  if (!noted.has(error)) noted.set(error, missing)
}

/** What is noted of an error, or undefined. */
export function ungranted(error: unknown): Ungranted | undefined {
  return error !== null && typeof error === 'object' ? noted.get(error) : undefined
}
