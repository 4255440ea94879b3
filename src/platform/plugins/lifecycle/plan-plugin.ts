import type { ClientBase } from 'pg'
import { gt } from 'semver'
import { pendingOf, readAppliedMigrations } from '../../data/migrations/migrate.ts'
import type { MigrationFile } from '../../data/migrations/migration-files.ts'
import type { Models } from '../../data/models/models.ts'
import { unknownPermissions } from '../../registry/unknown-permissions.ts'
import type { LoadedPlugin } from '../../request/loaded-plugin.ts'
import { composePlugins } from '../host/compose-plugins.ts'
import { orderPlugins } from '../host/plugin-order.ts'
import { schemaAdditions } from '../host/schema-additions.ts'
import { buildsOn } from '../host/used-together.ts'
import { inspectImport } from '../load/inspect.ts'
import { rootOf } from '../load/installation-config.ts'
import { loadPlugin } from '../load/load-plugin.ts'
import { checkStatements } from '../statements/check-statements.ts'
import { leftBehind } from '../tables/left-behind.ts'
import { pluginMigrations, removalOf } from '../tables/plugin-migrations.ts'
import { changesSince, type SchemaChanges } from '../tables/schema-changes.ts'
import { type Installation, type InstallationState, readInstallation } from './installation.ts'
import type { InstalledPlugin } from './installed.ts'

/** What adding or upgrading a plugin would do. */
export interface PluginPlan {
  readonly source: string
  /** Null when it could not be loaded. */
  readonly target: LoadedPlugin | null
  /** Where it stands in the installation; null when it was never installed. */
  readonly row: InstalledPlugin | null
  /** Plugins it depends on: the range, and the version that is there or null. */
  readonly dependencies: readonly { readonly id: string; readonly range: string; readonly found: string | null }[]
  /** Migrations that would be run. */
  readonly migrations: readonly MigrationFile[]
  /** Of core and the plugins with this one; null where it can't be composed with the others. */
  readonly models: Models | null
  /** Since the version that is installed, or at all; null where the plugin can't be composed with the others. */
  readonly schema: SchemaChanges | null
  /** What it adds to the GraphQL schema, in SDL; empty where it can't be composed. */
  readonly additions: string
  /** Why it can't be done; empty when it can. */
  readonly problems: readonly string[]
}

/**
 * Works out what adding or upgrading a plugin would do. Writes nothing. The plugin's code is run in a process of its own
 * first; what it does there on import beside declaring is a problem, and nothing of it is run here.
 * @throws PluginLoadError when `rapport.config.ts` can't be read.
 */
export async function planPlugin(client: ClientBase, installation: Installation, source: string): Promise<PluginPlan> {
  const state = await readInstallation(client, installation)
  const nothing = {
    source,
    target: null,
    row: null,
    dependencies: [],
    migrations: [],
    models: null,
    schema: null,
    additions: '',
  }
  try {
    const findings = await inspectImport(source, rootOf(installation.configPath))
    if (findings.length > 0) return { ...nothing, problems: findings }
    const target = await loadPlugin(source, rootOf(installation.configPath))
    return await planLoaded(client, installation, state, target)
  } catch (error) {
    return { ...nothing, problems: [messageOf(error)] }
  }
}

async function planLoaded(
  client: ClientBase,
  { core }: Installation,
  state: InstallationState,
  target: LoadedPlugin,
): Promise<PluginPlan> {
  const { plugin, source } = target
  const row = state.rows.find(({ id }) => id === plugin.id) ?? null
  const others = state.loaded.filter((each) => each.plugin.id !== plugin.id)
  const known = [...core.plugins, ...others.map((each) => each.plugin)]
  const dependencies = Object.entries(plugin.depends ?? {}).map(([id, range]) => ({
    id,
    range,
    found: known.find((each) => each.id === id)?.version ?? null,
  }))
  const problems = [...clashWithRow(target, row)]
  const { ordered, refused } = orderPlugins(core, [...others, target])
  // Also of another that would not fit any more, such as one that wants an older version of this.
  const before = orderPlugins(core, [...others, ...state.loaded.filter((each) => each.plugin.id === plugin.id)])
  const wereRefused = before.refused.map((misfit) => misfit.plugin.plugin.id)
  problems.push(
    ...refused
      .filter((misfit) => misfit.plugin === target || !wereRefused.includes(misfit.plugin.plugin.id))
      .flatMap(({ reasons }) => reasons),
  )
  // What is not installed at all is refused above. Nothing changes where the version is the same.
  const present = buildsOn(core, plugin).filter((id) => others.some((each) => each.plugin.id === id))
  if (row !== null && row.version !== plugin.version) problems.push(...(await leftBehind(client, plugin.id, present)))
  let migrations: readonly MigrationFile[] = []
  try {
    const all = await pluginMigrations(plugin.id, target.directory)
    const removal = await removalOf(plugin.id, target.directory, all)
    migrations = pendingOf(plugin.id, all, await readAppliedMigrations(client))
    const names = { id: plugin.id, reads: plugin.reads ?? [] }
    for (const { name, sql } of migrations) await checkStatements({ ...names, file: name, sql })
    if (removal !== null) await checkStatements({ ...names, file: 'remove.sql', sql: removal })
  } catch (error) {
    problems.push(messageOf(error))
  }
  const isSame = row !== null && row.state !== 'KEPT' && row.version === plugin.version
  if (isSame && migrations.length > 0)
    problems.push(`${plugin.id} has new migrations under its old version ${plugin.version}. Raise the version.`)
  let schema: SchemaChanges | null = null
  let models: Models | null = null
  let additions = ''
  if (!refused.some((misfit) => misfit.plugin === target)) {
    try {
      const composed = composePlugins(core, ordered, ordered)
      models = composed.registry.models
      problems.push(...unknownPermissions(composed.registry, plugin))
      // Also without those that build on it, so that what they add is not taken for its own.
      const without = orderPlugins(core, others).ordered
      const own = orderPlugins(core, [...without, target]).ordered
      const after = own.length === ordered.length ? composed.schema : composePlugins(core, own, own).schema
      const base = composePlugins(core, without, without).schema
      additions = schemaAdditions(base, after)
      schema = await changesSince(base, row === null || row.state === 'KEPT' ? '' : row.schema, after)
    } catch (error) {
      problems.push(messageOf(error))
    }
  }
  return { source, target, row, dependencies, migrations, models, schema, additions, problems }
}

function clashWithRow({ plugin, source }: LoadedPlugin, row: InstalledPlugin | null): string[] {
  if (row === null) return []
  if (row.state === 'REMOVING')
    return [
      `${plugin.id} is being taken out. End that first: rapport plugin remove ${plugin.id} with the option you began with.`,
    ]
  return [
    ...(row.source !== source && row.state !== 'KEPT'
      ? [`The id ${plugin.id} is used by both ${row.source}, which is installed, and ${source}. Take the first out.`]
      : []),
    ...(gt(row.version, plugin.version)
      ? [
          `Version ${row.version} of ${plugin.id} was installed; ${source} is ${plugin.version}, which is older. There is no way back.`,
        ]
      : []),
  ]
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
