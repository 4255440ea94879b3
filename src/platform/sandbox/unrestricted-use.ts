import { channel } from 'node:diagnostics_channel'
import type { Part } from './work-level.ts'

/** Name of the diagnostics channel on which each use of `unrestricted` is published, as `UnrestrictedUse`. */
export const UNRESTRICTED_CHANNEL = 'rapport:unrestricted'

interface UnrestrictedUse {
  /** Id of the plugin. */
  readonly plugin: string
  /** Name of the rule, operation, query or other part. */
  readonly part: string
}

const uses = channel(UNRESTRICTED_CHANNEL)

/** Publishes that a part of a plugin reads regardless of what the caller may see. */
export function publishUnrestrictedUse({ plugin, name }: Part): void {
  const use: UnrestrictedUse = { plugin: plugin.id, part: name }
  uses.publish(use)
}
