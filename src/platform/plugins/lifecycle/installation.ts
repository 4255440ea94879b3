import type { ClientBase } from 'pg'
import type { LoadedPlugin } from '../../request/loaded-plugin.ts'
import type { CoreParts } from '../host/compose-plugins.ts'
import { readListedPlugins, rootOf } from '../load/installation-config.ts'
import { loadPlugin } from '../load/load-plugin.ts'
import { type InstalledPlugin, readInstalled } from './installed.ts'

/** What the lifecycle of plugins works on. */
export interface Installation {
  /** PostgreSQL URL of the owner of the tables. */
  readonly databaseUrl: string
  /** Absolute path of `rapport.config.ts`, which need not exist. */
  readonly configPath: string
  readonly core: CoreParts
}

/** An installed plugin that can't be looked at, and why. */
export interface BrokenPlugin {
  readonly row: InstalledPlugin
  readonly reason: string
}

/** Where an installation stands. */
export interface InstallationState {
  readonly rows: readonly InstalledPlugin[]
  /** Specifiers of `rapport.config.ts`. */
  readonly listed: readonly string[]
  /** Every installed plugin that loads, whatever its version. */
  readonly loaded: readonly LoadedPlugin[]
  readonly broken: readonly BrokenPlugin[]
}

/**
 * Reads where an installation stands, and loads what is installed.
 * @throws PluginLoadError when `rapport.config.ts` can't be read.
 */
export async function readInstallation(
  client: ClientBase,
  { configPath }: Pick<Installation, 'configPath'>,
): Promise<InstallationState> {
  const rows = await readInstalled(client)
  const listed = await readListedPlugins(configPath)
  const loaded: LoadedPlugin[] = []
  const broken: BrokenPlugin[] = []
  for (const row of rows.filter(({ state }) => state === 'INSTALLED' || state === 'UPGRADING')) {
    try {
      loaded.push(await loadPlugin(row.source, rootOf(configPath)))
    } catch (error) {
      broken.push({ row, reason: error instanceof Error ? error.message : String(error) })
    }
  }
  return { rows, listed, loaded, broken }
}
