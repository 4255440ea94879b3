import type { Pool } from 'pg'
import type { LoadedPlugin, UnavailablePlugin } from '../../request/loaded-plugin.ts'
import { type CoreParts, composablePlugins } from '../host/compose-plugins.ts'
import { pluginsInUse } from '../host/used-together.ts'
import { type InstalledPlugin, readInstalled } from './installed.ts'
import { usablePlugins } from './usable-plugins.ts'

/** An installed plugin and the workspaces that have enabled it. */
export interface PluginOverview {
  readonly row: InstalledPlugin
  /** Slugs of the workspaces that use the plugin. */
  readonly workspaces: readonly string[]
  /** Workspaces where the plugin is in quarantine, with the failure as the reason. */
  readonly quarantined: readonly OutOfUse[]
  /** Workspaces where a dependency of the plugin is not in use; the reason names the dependency. */
  readonly unavailable: readonly OutOfUse[]
  /** Permissions and tables that the loaded manifest names, and that nobody confirmed when this version was installed. */
  readonly unconfirmed: readonly string[]
}

/** A workspace in which an enabled plugin is not in use, with the reason. */
export interface OutOfUse {
  readonly slug: string
  readonly reason: string
}

/**
 * Returns all installed plugins with the workspaces that have enabled them (`plugins`), and the installed or listed
 * plugins that a server can't use, with the reasons (`refused`).
 */
export async function pluginOverview(
  ownerPool: Pool,
  core: CoreParts,
  configPath: string,
): Promise<{ readonly plugins: readonly PluginOverview[]; readonly refused: readonly UnavailablePlugin[] }> {
  const [rows, supply, activations] = await Promise.all([
    readInstalled(ownerPool),
    usablePlugins(ownerPool, core, configPath),
    ownerPool.query<{ plugin: string; slug: string; quarantined: boolean; reason: string | null }>(
      `select a.plugin_id as plugin, w.slug, a.quarantined_at is not null as quarantined, a.quarantine_reason as reason
       from plugin_activations a join workspaces w on w.id = a.workspace_id where a.is_enabled order by w.slug`,
    ),
  ])
  const composable = composablePlugins(core, supply.usable)
  const usable = composable.plugins
  const refused = [...supply.refused, ...composable.refused]
  const inUse = activations.rows.filter(({ quarantined }) => !quarantined)
  const outOfUse = new Map(
    [...Map.groupBy(inUse, ({ slug }) => slug)].map(([slug, enabled]) => [
      slug,
      pluginsInUse(
        core,
        usable,
        enabled.map(({ plugin }) => plugin),
      ).outOfUse,
    ]),
  )
  const plugins = rows.map((row) => {
    const pluginActivations = activations.rows.filter(({ plugin }) => plugin === row.id)
    const enabled = pluginActivations.filter(({ quarantined }) => !quarantined).map(({ slug }) => slug)
    const unavailable = enabled.flatMap((slug) => {
      const reason = outOfUse.get(slug)?.get(row.id)
      return reason === undefined ? [] : [{ slug, reason }]
    })
    return {
      row,
      workspaces: enabled.filter((slug) => !outOfUse.get(slug)?.has(row.id)),
      unavailable,
      unconfirmed: unconfirmed(row, usable),
      quarantined: pluginActivations
        .filter(({ quarantined }) => quarantined)
        .map(({ slug, reason }) => ({ slug, reason: reason ?? '' })),
    }
  })
  return { plugins, refused }
}

function unconfirmed(row: InstalledPlugin, usable: readonly LoadedPlugin[]): string[] {
  const loaded = usable.find(({ plugin }) => plugin.id === row.id)?.plugin
  const confirmed = new Set([...row.permissions, ...row.reads])
  return [...(loaded?.permissions ?? []), ...(loaded?.reads ?? [])].filter((name) => !confirmed.has(name))
}
