import type { ClientBase } from 'pg'
import { withMigrationLock } from '../../data/migrations/migrate.ts'
import type { LoadedPlugin } from '../../request/loaded-plugin.ts'
import { PluginLifecycleError } from '../load/plugin-error.ts'
import { inTransaction } from '../tables/in-transaction.ts'
import { runMigrations } from '../tables/run-migrations.ts'
import { listPlugin } from './config-file.ts'
import type { Installation } from './installation.ts'
import { type PluginPlan, planPlugin } from './plan-plugin.ts'

/**
 * Receives a plan without problems, such as to show it to the operator, and returns whether to carry it out. While it
 * runs, this process holds the migration lock, so that no other process can add, upgrade or remove plugins.
 */
export type Confirm = (plan: PluginPlan) => Promise<boolean>

/** Outcome of adding or upgrading a plugin. */
export type Outcome = 'done' | 'declined' | 'nothing to do'

/** Result of adding a plugin. */
export interface Addition {
  readonly id: string
  readonly version: string
  readonly outcome: Outcome
}

/**
 * Installs a plugin: lists it in `rapport.config.ts`, then runs its migrations and records it in `installed_plugins`
 * in one transaction. When the transaction fails, the edit of the file is undone. An interrupted installation can be
 * run again.
 * @param given Specifier, a folder that begins with ./ or the name of a package; or the id of a plugin that is installed
 * or listed.
 * @throws PluginLifecycleError with all problems that were found, before anything is written.
 * @throws MigrationError when a migration fails.
 */
export function addPlugin(installation: Installation, given: string, confirm: Confirm): Promise<Addition> {
  return withMigrationLock(installation.databaseUrl, async (client) => {
    const plan = await planPlugin(client, installation, given)
    const target = refuseProblems({ ...plan, problems: [...plan.problems, ...plan.drift] }, 'added')
    const { row, source } = plan
    const { id, version } = target.plugin
    if (row?.state === 'INSTALLED' && row.version === version) {
      await listPlugin(installation.configPath, source)
      return { id, version, outcome: 'nothing to do' }
    }
    if (row?.state === 'INSTALLED') {
      throw new PluginLifecycleError(
        `${row.id} is installed at ${row.version}. To install ${version} run: rapport plugin upgrade ${row.id}`,
      )
    }
    if (!(await confirm(plan))) return { id, version, outcome: 'declined' }
    const edit = await listPlugin(installation.configPath, source)
    try {
      await install(client, plan, target)
    } catch (error) {
      await edit.undo()
      throw error
    }
    return { id, version, outcome: 'done' }
  })
}

/**
 * Returns the plugin that a plan would install.
 * @param action Past participle for the error message, such as `upgraded`.
 * @throws PluginLifecycleError with all problems of the plan, if it has any.
 */
export function refuseProblems({ source, target, problems }: PluginPlan, action: string): LoadedPlugin {
  if (problems.length === 0 && target !== null) return target
  throw new PluginLifecycleError(
    `${target?.plugin.id ?? source} can't be ${action}; nothing was changed.\n${problems.map((problem) => `- ${problem}`).join('\n')}`,
  )
}

/** Runs the migrations of a plan and records the plugin in `installed_plugins`, in one transaction. */
export async function install(client: ClientBase, plan: PluginPlan, { plugin, source }: LoadedPlugin): Promise<void> {
  await inTransaction(client, async () => {
    const { id, reads = [] } = plugin
    const constraints = Object.keys(plugin.constraints ?? {})
    await runMigrations(client, { id, reads, files: plan.migrations, constraints, models: plan.models })
    await client.query(
      `insert into installed_plugins (id, version, source, state, permissions, reads, schema)
       values ($1, $2, $3, 'INSTALLED', $4, $5, $6)
       on conflict (id) do update set version = excluded.version, source = excluded.source, state = excluded.state,
         permissions = excluded.permissions, reads = excluded.reads, schema = excluded.schema, updated_at = now()`,
      [plugin.id, plugin.version, source, plugin.permissions ?? [], plugin.reads ?? [], plan.additions],
    )
  })
}
