import type { ModelSource } from '../data/models/compose-models.ts'
import type { Plugin } from '../declare/plugin.ts'

/** A plugin whose literal was imported and checked by itself; what it does to everything else is checked when composed. */
export interface LoadedPlugin {
  readonly plugin: Plugin
  /** Folder or package, as `rapport.config.ts` names it. */
  readonly source: string
  /** Folder that holds its `models.prisma`, `migrations` and `remove.sql`; null for one that was not read from a folder. */
  readonly directory: string | null
  readonly modelSource: ModelSource | null
}

/** A plugin of this installation that this process does without, and why. */
export interface UnavailablePlugin {
  readonly source: string
  /** Null when it could not even be loaded. */
  readonly id: string | null
  readonly reason: string
}
