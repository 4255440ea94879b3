import type { ClientBase } from 'pg'
import type { LoadedPlugin } from '../../request/loaded-plugin.ts'
import type { CoreParts } from '../host/compose-plugins.ts'
import { readListedPlugins, rootOf } from '../load/installation-config.ts'
import { loadPlugin } from '../load/load-plugin.ts'
import { type InstalledPlugin, readInstalled } from './installed.ts'

/** What is needed to add, upgrade or remove plugins of an installation. */
export interface Installation {
  /** PostgreSQL URL of the owner of the tables. */
  readonly databaseUrl: string
  /** Absolute path of `rapport.config.ts`, which need not exist. */
  readonly configPath: string
  readonly core: CoreParts
}

/** An installed plugin that can't be loaded, with the reason. */
export interface BrokenPlugin {
  readonly row: InstalledPlugin
  readonly reason: string
}

/** The plugins of an installation. */
export interface InstallationState {
  /** All rows of `installed_plugins`. */
  readonly rows: readonly InstalledPlugin[]
  /** Specifiers that `rapport.config.ts` lists. */
  readonly listed: readonly string[]
  /**
   * Installed plugins that can be loaded. The version in the folder or package may differ from the installed version.
   */
  readonly loaded: readonly LoadedPlugin[]
  readonly broken: readonly BrokenPlugin[]
}

/**
 * Reads the installed and the listed plugins of an installation, and loads the installed ones.
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
