import type { Client, ClientBase } from 'pg'
import { withMigrationLock } from '../../data/migrations/migrate.ts'
import { deleteHandlerPositions } from '../background/handler-positions.ts'
import { rootOf } from '../load/installation-config.ts'
import { PluginLifecycleError } from '../load/plugin-error.ts'
import { findPluginFiles } from '../load/specifier.ts'
import { checkStatements } from '../statements/check-statements.ts'
import { isOwn } from '../statements/own-names.ts'
import { readCatalog } from '../tables/catalog.ts'
import { exportTables } from '../tables/export-tables.ts'
import { inTransaction } from '../tables/in-transaction.ts'
import { pluginMigrations, readRemovalSql } from '../tables/plugin-migrations.ts'
import { foreignChanges } from '../tables/verify-tables.ts'
import { unlistPlugin } from './config-file.ts'
import { type Installation, readInstallation } from './installation.ts'
import { type InstalledPlugin, readInstalled } from './installed.ts'
import { removeJobs } from './queued-jobs.ts'

/** What happens to the plugin's tables: they are kept, or dropped after an export to CSV files, or dropped. */
export type Removal =
  | { readonly mode: 'keep' }
  | { readonly mode: 'export'; readonly directory: string }
  | { readonly mode: 'drop' }

/**
 * Removes a plugin. The first step disables it in all workspaces, so that no server uses it from then on. An
 * interrupted removal continues when it is run again. The changes and audit entries of the plugin's records are kept.
 * @throws PluginLifecycleError when another plugin depends on it, or when its remove.sql does not drop all database
 * objects of the plugin or changes database objects that are not the plugin's.
 */
export async function removePlugin(installation: Installation, id: string, removal: Removal): Promise<void> {
  await withMigrationLock(installation.databaseUrl, async (client) => {
    const row = (await readInstalled(client)).find((candidate) => candidate.id === id)
    if (!row) throw new PluginLifecycleError(`No plugin ${id} is installed.`)
    if (row.state === 'KEPT' && removal.mode === 'keep') throw new PluginLifecycleError(`${id} was already removed.`)
    await refuseDependents(client, installation, row, removal)
    // Read before anything is changed, so that the removal does not begin when remove.sql is missing.
    const script = removal.mode === 'keep' ? null : await removalScript(installation, row)
    await takeOutOfUse(client, id)
    if (await hasQueue(client)) await removeJobs(client, id)
    if (removal.mode === 'export') await exportTables(client, row, removal.directory)
    if (removal.mode === 'keep') await client.query(`update installed_plugins set state = 'KEPT' where id = $1`, [id])
    else await drop(client, id, script)
    await unlistPlugin(installation.configPath, row.source)
  })
}

/**
 * Throws when another plugin depends on the plugin, or has a foreign key to one of its tables that would be dropped.
 */
async function refuseDependents(
  client: ClientBase,
  installation: Installation,
  row: InstalledPlugin,
  { mode }: Removal,
): Promise<void> {
  const { loaded } = await readInstallation(client, installation)
  const dependents = new Set(
    loaded.filter(({ plugin }) => plugin.depends?.[row.id] !== undefined).map(({ plugin }) => plugin.id),
  )
  if (mode !== 'keep')
    for (const table of await referringTables(client, row.id)) dependents.add(table.split('_', 1).join(''))
  dependents.delete(row.id)
  if (dependents.size === 0) return
  throw new PluginLifecycleError(
    `${[...dependents].sort().join(' and ')} need${dependents.size === 1 ? 's' : ''} ${row.id}. First remove ${[...dependents].sort().join(' and ')}.`,
  )
}

/**
 * Returns the tables of other plugins that have a foreign key to a table of the plugin, including tables that were kept
 * when their plugin was removed.
 */
async function referringTables(client: ClientBase, id: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select distinct c.relname::text as name from pg_constraint k
       join pg_class c on c.oid = k.conrelid join pg_class t on t.oid = k.confrelid
     where k.contype = 'f' and starts_with(t.relname, $1) and not starts_with(c.relname, $1)`,
    [`${id}_`],
  )
  return rows.map(({ name }) => name)
}

/** Returns the checked SQL of the plugin's remove.sql; null when the plugin has no migrations. */
async function removalScript(
  installation: Installation,
  { id, source, reads }: InstalledPlugin,
): Promise<string | null> {
  // The plugin's code is not imported, so that a plugin that fails to load can be removed.
  const { directory } = await findPluginFiles(source, rootOf(installation.configPath)).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    throw new PluginLifecycleError(
      `The remove.sql of ${id} is missing: ${reason} Restore it, or keep the tables: rapport plugin remove ${id} --keep`,
    )
  })
  const sql = await readRemovalSql(id, directory, await pluginMigrations(id, directory))
  if (sql !== null) await checkStatements({ id, reads, file: 'remove.sql', sql })
  return sql
}

/** Whether the tables of the job queue exist. They are created by the first server that runs jobs. */
async function hasQueue(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ exists: boolean }>(
    `select to_regclass('graphile_worker._private_jobs') is not null as exists`,
  )
  return rows[0]?.exists ?? false
}

/** Marks the plugin as being removed and disables it in all workspaces. */
async function takeOutOfUse(client: Client, id: string): Promise<void> {
  await inTransaction(client, async () => {
    await client.query(`update installed_plugins set state = 'REMOVING', updated_at = now() where id = $1`, [id])
    await client.query('update plugin_activations set is_enabled = false where plugin_id = $1 and is_enabled', [id])
  })
}

/** Runs remove.sql and deletes the plugin's rows in tables of core, in one transaction. */
async function drop(client: Client, id: string, script: string | null): Promise<void> {
  await inTransaction(client, async () => {
    const before = await readCatalog(client)
    if (script !== null) await client.query(script)
    const after = await readCatalog(client)
    const remaining = new Set(after.filter(({ parent }) => isOwn(id, parent)).map(({ parent }) => parent))
    const changes = foreignChanges(id, before, after)
    if (remaining.size > 0 || changes.length > 0) {
      const reasons = [...(remaining.size > 0 ? [`it leaves ${[...remaining].sort().join(', ')}`] : []), ...changes]
      throw new PluginLifecycleError(
        `The remove.sql of ${id} was rolled back: ${reasons.join('; ')}. Fix it and run this again; until then the plugin is disabled in all workspaces.`,
      )
    }
    await deleteHandlerPositions(client, id)
    await client.query('delete from plugin_activations where plugin_id = $1', [id])
    await client.query('delete from rapport_migrations where owner = $1', [id])
    await client.query('delete from installed_plugins where id = $1', [id])
  })
}
