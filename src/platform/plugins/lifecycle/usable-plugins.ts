import type { Pool } from 'pg'
import { gt } from 'semver'
import { pendingOf, readAppliedMigrations } from '../../data/migrations/migrate.ts'
import type { LoadedPlugin, UnavailablePlugin } from '../../request/loaded-plugin.ts'
import type { CoreParts } from '../host/compose-plugins.ts'
import type { PluginSupply } from '../host/host.ts'
import { orderPlugins } from '../host/plugin-order.ts'
import { readListedPlugins, rootOf } from '../load/installation-config.ts'
import { loadPlugin } from '../load/load-plugin.ts'
import { pluginMigrations } from '../tables/plugin-migrations.ts'
import { type InstalledPlugin, readInstalled } from './installed.ts'

/**
 * Returns the plugins that a server can use, each after its dependencies, and the others with the reason. A plugin
 * can't be used when it is only listed or only installed, when it fails to load, and when the version in its folder or
 * package is not the installed version. Errors in a plugin or in `rapport.config.ts` become reasons and are not thrown.
 */
export async function usablePlugins(ownerPool: Pool, core: CoreParts, configPath: string): Promise<PluginSupply> {
  const refused: UnavailablePlugin[] = []
  const installed = await readInstalled(ownerPool)
  const listed = await readListedPlugins(configPath).catch((error: unknown) => {
    // The path is left out of the reason, because it is the `source` already.
    refused.push({ source: configPath, id: null, reason: messageOf(error).replace(`${configPath} `, 'It ') })
    return null
  })
  const loaded: LoadedPlugin[] = []
  for (const row of installed) {
    const reason = reasonFromState(row, listed)
    if (reason !== null) refused.push({ source: row.source, id: row.id, reason })
    if (reason !== null || row.state !== 'INSTALLED') continue
    try {
      const plugin = await loadPlugin(row.source, rootOf(configPath))
      await requireInstalledVersion(ownerPool, row, plugin)
      loaded.push(plugin)
    } catch (error) {
      refused.push({ source: row.source, id: row.id, reason: messageOf(error) })
    }
  }
  for (const source of listed ?? []) {
    if (installed.some((row) => row.source === source && row.state !== 'KEPT')) continue
    refused.push({
      source,
      id: null,
      reason: `It is listed in rapport.config.ts and not installed. Run: rapport plugin add ${source}`,
    })
  }
  const { ordered, refused: refusedByOrder } = orderPlugins(core, loaded)
  for (const { plugin, reasons } of refusedByOrder)
    refused.push({ source: plugin.source, id: plugin.plugin.id, reason: reasons.join(' ') })
  return { usable: ordered, refused }
}

/**
 * Returns why a plugin in the state INSTALLING, UPGRADING or INSTALLED is not loaded; null when it can be loaded. Also
 * null for a plugin in the state REMOVING or KEPT, which is not loaded and is not reported either.
 */
function reasonFromState({ state, id, source }: InstalledPlugin, listed: readonly string[] | null): string | null {
  if (state === 'INSTALLING') return `Its installation is not complete. Run: rapport plugin add ${source}`
  if (state === 'UPGRADING') return `Its upgrade is not complete. Run: rapport plugin upgrade ${id}`
  if (state === 'INSTALLED' && listed !== null && !listed.includes(source))
    return `It is installed, but rapport.config.ts does not list ${source}. List it, or run: rapport plugin remove ${id} --keep`
  return null
}

/** Throws when the loaded plugin is not the installed version: its id, version or number of migrations differs. */
async function requireInstalledVersion(
  ownerPool: Pool,
  row: InstalledPlugin,
  { plugin, directory }: LoadedPlugin,
): Promise<void> {
  if (plugin.id !== row.id)
    throw new Error(`${row.source} is the plugin ${plugin.id} now; ${row.id} was installed from it.`)
  if (gt(row.version, plugin.version))
    throw new Error(
      `Version ${row.version} is installed, and this process has ${plugin.version}. Restart it; if that changes nothing, restore version ${row.version} of its files.`,
    )
  if (plugin.version !== row.version)
    throw new Error(
      `Version ${row.version} is installed, and ${row.source} is ${plugin.version}. Run: rapport plugin upgrade ${row.id}`,
    )
  const files = await pluginMigrations(plugin.id, directory)
  const pending = pendingOf(plugin.id, files, await readAppliedMigrations(ownerPool))
  if (pending.length > 0)
    throw new Error(
      `It has ${pending.length} migration${pending.length === 1 ? '' : 's'} that were not run, such as ${pending[0]?.name}, ` +
        `although its version ${row.version} is installed. A new migration needs a new version.`,
    )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
