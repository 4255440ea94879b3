import { dirname, join } from 'node:path'
import type { ClientBase } from 'pg'
import { withMigrationLock } from '../../data/migrations/migrate.ts'
import type { LoadedPlugin } from '../../request/loaded-plugin.ts'
import { addPlugin } from '../lifecycle/add-plugin.ts'
import type { Installation } from '../lifecycle/installation.ts'
import { type Removal, removePlugin } from '../lifecycle/remove-plugin.ts'
import { upgradePlugins } from '../lifecycle/upgrade-plugins.ts'
import { type CatalogEntry, catalogChanges, readCatalog } from '../tables/catalog.ts'
import { inTransaction } from '../tables/in-transaction.ts'
import { pluginMigrations } from '../tables/plugin-migrations.ts'
import { runMigrations } from '../tables/run-migrations.ts'
import { tableProblems } from '../tables/verify-tables.ts'

/** A version that is lower than the version of any published plugin, so that every plugin can be upgraded from it. */
const FIRST_VERSION = '0.0.0-0'
const confirm = async () => true

/** A plugin and a new installation without plugins to check it on. */
export interface LifecycleCheck {
  readonly installation: Installation
  readonly loaded: LoadedPlugin
  /** Plugins that the checked plugin depends on, each after its own dependencies. */
  readonly dependencies: readonly LoadedPlugin[]
  /** Enables plugins in a workspace and disables them again. */
  enableAndDisable(installation: Installation, plugins: readonly LoadedPlugin[]): Promise<void>
}

/**
 * Installs the plugin, enables and disables it, removes it in each mode, upgrades it from the state before each of its
 * migrations and installs it again. Returns a sentence for each database object that is not as expected after a step,
 * such as a table that is left after the removal. Writes to the installation's database and folder.
 */
export async function lifecycleProblems(check: LifecycleCheck): Promise<string[]> {
  const { installation, loaded, dependencies, enableAndDisable } = check
  for (const dependency of dependencies) await addPlugin(installation, sourceOf(dependency), confirm)
  const empty = await catalogOf(installation)
  const add = () => addPlugin(installation, sourceOf(loaded), confirm)
  const remove = (mode: Removal['mode']) =>
    removePlugin(installation, loaded.plugin.id, {
      mode,
      directory: join(dirname(installation.configPath), 'exported'),
    })
  const problems: string[] = []
  const compare = async (what: string, expected: readonly CatalogEntry[]) => {
    const changes = catalogChanges(expected, await catalogOf(installation))
    problems.push(...changes.map((change) => `${what}: ${change}.`))
  }

  await add()
  const installed = await catalogOf(installation)
  problems.push(
    ...(await withMigrationLock(installation.databaseUrl, (client) => tableProblems(client, loaded.plugin.id))),
  )
  await enableAndDisable(installation, [...dependencies, loaded])
  await compare('After a workspace has used it', installed)
  await remove('keep')
  await compare('After remove --keep', installed)
  await add()
  await compare('After remove --keep and add', installed)
  await remove('export')
  await compare('After remove --export', empty)
  problems.push(...(await remainingRows(installation, loaded.plugin.id)))
  await add()
  await remove('drop')
  await compare('After remove --drop', empty)

  const migrations = await pluginMigrations(loaded.plugin.id, loaded.directory)
  for (let applied = 0; applied < migrations.length; applied++) {
    await withMigrationLock(installation.databaseUrl, (client) =>
      installEarlier(client, check, migrations.slice(0, applied)),
    )
    await upgradePlugins(installation, loaded.plugin.id, confirm)
    await compare(`After an upgrade from ${migrations[applied - 1]?.name ?? 'before the first migration'}`, installed)
    await remove('drop')
    await compare('After that and remove --drop', empty)
  }
  await add()
  await compare('After remove --drop and add', installed)
  return problems
}

function sourceOf({ directory, source }: LoadedPlugin): string {
  return directory ?? source
}

function catalogOf({ databaseUrl }: Installation): Promise<CatalogEntry[]> {
  return withMigrationLock(databaseUrl, (client) => readCatalog(client))
}

/** Installs the plugin as an older version that had fewer migrations. */
async function installEarlier(
  client: ClientBase,
  { loaded }: LifecycleCheck,
  files: Parameters<typeof runMigrations>[1]['files'],
): Promise<void> {
  const { id, reads = [] } = loaded.plugin
  await inTransaction(client, async () => {
    await runMigrations(client, { id, reads, files, constraints: [], models: null })
    await client.query(
      `insert into installed_plugins (id, version, source, state, permissions, reads) values ($1, $2, $3, 'INSTALLED', '{}', '{}')`,
      [id, FIRST_VERSION, sourceOf(loaded)],
    )
  })
}

/** Returns a problem for each table of core that still has rows of the plugin. */
async function remainingRows({ databaseUrl }: Installation, id: string): Promise<string[]> {
  const { rows } = await withMigrationLock(databaseUrl, (client) =>
    client.query<{ table: string }>(
      `select 'installed_plugins' as table from installed_plugins where id = $1
       union select 'plugin_activations' from plugin_activations where plugin_id = $1
       union select 'plugin_handlers' from plugin_handlers where starts_with(name, $1 || '.')
       union select 'plugin_job_runs' from plugin_job_runs where starts_with(job, $1 || '.')
       union select 'rapport_migrations' from rapport_migrations where owner = $1`,
      [id],
    ),
  )
  return rows.map(({ table }) => `After remove --export ${table} still has rows of ${id}.`)
}
