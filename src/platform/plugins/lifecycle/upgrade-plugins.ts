import { withMigrationLock } from '../../data/migrations/migrate.ts'
import { PluginLifecycleError } from '../load/plugin-error.ts'
import { type Confirm, install, type Outcome, refuseProblems } from './add-plugin.ts'
import type { Installation } from './installation.ts'
import { readInstalled } from './installed.ts'
import { planPlugin } from './plan-plugin.ts'

/** What became of the upgrade of one plugin. */
export interface Upgrade {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly outcome: Outcome
}

/**
 * Brings installed plugins to the version that lies there: their new migrations and the note of the version are committed
 * together. All of them, or the one of that id.
 * @throws PluginLifecycleError with every problem of the first that has one; those before it are done.
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
