import { withMigrationLock } from '../../data/migrations/migrate.ts'
import { PluginLifecycleError } from '../load/plugin-error.ts'
import { type Confirm, install, type Outcome, refuseProblems } from './add-plugin.ts'
import type { Installation } from './installation.ts'
import { readInstalled } from './installed.ts'
import { planPlugin } from './plan-plugin.ts'

/** Result of upgrading a plugin. */
export interface Upgrade {
  readonly id: string
  /** Version before the upgrade. */
  readonly from: string
  /** Version in the plugin's folder or package; the same as `from` when there was nothing to do. */
  readonly to: string
  readonly outcome: Outcome
}

/**
 * Upgrades installed plugins to the version in their folder or package. Each plugin is upgraded in one transaction, in
 * which its new migrations are run and its new version is stored.
 * @param id Id of the plugin to upgrade; null for all plugins.
 * @param confirm Called for each plugin that has a new version; the plugin is upgraded only if it returns true.
 * @throws PluginLifecycleError with all problems of the first plugin that can't be upgraded. The plugins before it have
 * been upgraded by then.
 */
export function upgradePlugins(installation: Installation, id: string | null, confirm: Confirm): Promise<Upgrade[]> {
  return withMigrationLock(installation.databaseUrl, async (client) => {
    const rows = (await readInstalled(client)).filter(
      (row) => (id === null || row.id === id) && (row.state === 'INSTALLED' || row.state === 'UPGRADING'),
    )
    if (id !== null && rows.length === 0) {
      throw new PluginLifecycleError(`No plugin ${id} is installed. Add it: rapport plugin add <folder or package>`)
    }
    const upgrades: Upgrade[] = []
    for (const row of rows) {
      const plan = await planPlugin(client, installation, row.source)
      const target = refuseProblems(plan, 'upgraded')
      if (target.plugin.id !== row.id) {
        throw new PluginLifecycleError(
          `${row.source} is the plugin ${target.plugin.id} now; ${row.id} was installed from it.`,
        )
      }
      const { version } = target.plugin
      const isCurrent = row.state === 'INSTALLED' && version === row.version
      const isWanted = !isCurrent && (await confirm(plan))
      if (isWanted) await install(client, plan, target)
      const outcome = isCurrent ? 'nothing to do' : isWanted ? 'done' : 'declined'
      upgrades.push({ id: row.id, from: row.version, to: version, outcome })
    }
    return upgrades
  })
}
