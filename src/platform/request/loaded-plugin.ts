import type { ModelSource } from '../data/models/compose-models.ts'
import type { Plugin } from '../declare/plugin.ts'

/**
 * A plugin whose declaration was imported and checked on its own. Whether it fits core and other plugins is checked
 * when it is composed.
 */
export interface LoadedPlugin {
  readonly plugin: Plugin
  /** Folder or npm package, as `rapport.config.ts` names it. */
  readonly source: string
  /** Folder with `models.prisma`, `migrations` and `remove.sql`; null for a plugin that was not read from a folder. */
  readonly directory: string | null
  /** Text of `models.prisma`; null for a plugin without models. */
  readonly modelSource: ModelSource | null
}

/** A plugin of the installation that this process can't use, with the reason. */
export interface UnavailablePlugin {
  readonly source: string
  /** Null when the plugin could not be loaded. */
  readonly id: string | null
  readonly reason: string
}
