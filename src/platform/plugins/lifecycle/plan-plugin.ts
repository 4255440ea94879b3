import type { ClientBase } from 'pg'
import { gt } from 'semver'
import { pendingOf, readAppliedMigrations } from '../../data/migrations/migrate.ts'
import type { MigrationFile } from '../../data/migrations/migration-files.ts'
import type { LoadedPlugin } from '../../request/loaded-plugin.ts'
import { unrestrictedFiles } from '../conformance/source-checks.ts'
import { orderPlugins } from '../host/plugin-order.ts'
import { dependencyIds } from '../host/used-together.ts'
import { inspectImport } from '../load/inspect.ts'
import { rootOf } from '../load/installation-config.ts'
import { loadPlugin } from '../load/load-plugin.ts'
import { checkStatements } from '../statements/check-statements.ts'
import { missingDependencyProblems } from '../tables/missing-dependencies.ts'
import { pluginMigrations, readRemovalSql } from '../tables/plugin-migrations.ts'
import { predictProblems } from '../tables/predict/predict-migrations.ts'
import { listingProblem } from './config-file.ts'
import { findSpecifier } from './find-specifier.ts'
import { type Installation, type InstallationState, readInstallation } from './installation.ts'
import type { InstalledPlugin } from './installed.ts'
import { NOT_COMPOSED, planSchema, type SchemaPlan } from './plan-schema.ts'

/** What adding or upgrading a plugin would change, and the problems that prevent it. */
export interface PluginPlan extends Omit<SchemaPlan, 'problems'> {
  /** Specifier of the folder or package. */
  readonly source: string
  /** The plugin at the version that would be installed; null when it could not be loaded. */
  readonly target: LoadedPlugin | null
  /** Row of the plugin in `installed_plugins`; null when it was never installed. */
  readonly row: InstalledPlugin | null
  /** Dependencies of the plugin: the required range, and the installed version or null when it is not installed. */
  readonly dependencies: readonly { readonly id: string; readonly range: string; readonly version: string | null }[]
  /** Files of the plugin whose code may read records that are hidden from the caller: it uses `unrestricted`. */
  readonly unrestrictedFiles: readonly string[]
  /** Migrations that would be run. */
  readonly migrations: readonly MigrationFile[]
  /** Why the plugin can't be added or upgraded; empty when it can. */
  readonly problems: readonly string[]
  /** How the tables of the version that is installed already differ from its models. */
  readonly drift: readonly string[]
}

/**
 * Returns the plan for adding or upgrading a plugin. Writes nothing. First imports the plugin in a separate process.
 * When it does more there than declare its parts, returns a plan with this problem and does not import it in this
 * process.
 * @param given Specifier, a folder that begins with ./ or the name of a package; or the id of a plugin that is installed
 * or listed.
 * @throws PluginLoadError when `rapport.config.ts` can't be read.
 */
export async function planPlugin(client: ClientBase, installation: Installation, given: string): Promise<PluginPlan> {
  const state = await readInstallation(client, installation)
  const source = await findSpecifier(given, state, rootOf(installation.configPath))
  const emptyPlan = {
    source,
    target: null,
    row: null,
    dependencies: [],
    unrestrictedFiles: [],
    migrations: [],
    drift: [],
    ...NOT_COMPOSED,
  }
  try {
    const findings = await inspectImport(source, rootOf(installation.configPath))
    if (findings.length > 0) return { ...emptyPlan, problems: findings }
    const target = await loadPlugin(source, rootOf(installation.configPath))
    return await planLoaded(client, installation, state, target)
  } catch (error) {
    return { ...emptyPlan, problems: [messageOf(error)] }
  }
}

async function planLoaded(
  client: ClientBase,
  { core, configPath }: Installation,
  state: InstallationState,
  target: LoadedPlugin,
): Promise<PluginPlan> {
  const { plugin, source } = target
  const row = state.rows.find(({ id }) => id === plugin.id) ?? null
  const others = state.loaded.filter((other) => other.plugin.id !== plugin.id)
  const available = [...core.plugins, ...others.map((other) => other.plugin)]
  const dependencies = Object.entries(plugin.depends ?? {}).map(([id, range]) => ({
    id,
    range,
    version: available.find((other) => other.id === id)?.version ?? null,
  }))
  const broken = brokenDependencies(target, state)
  const problems = [...rowProblems(target, row), ...broken]
  const { refused } = orderPlugins(core, [...others, target])
  // The plan also has a problem when another plugin can be used now and could not be used after the change, such as a
  // plugin that requires an older version of the target.
  const before = orderPlugins(core, [...others, ...state.loaded.filter((loaded) => loaded.plugin.id === plugin.id)])
  const refusedBefore = before.refused.map((refusal) => refusal.plugin.plugin.id)
  problems.push(
    ...refused
      .filter((refusal) => refusal.plugin === target || !refusedBefore.includes(refusal.plugin.plugin.id))
      // A dependency that can't be loaded would be called one that is not installed.
      .flatMap((refusal) => (refusal.plugin === target && broken.length > 0 ? [] : refusal.reasons)),
  )
  // Dependencies that are not installed are left out: `problems` contains them already. The check is needed only for a
  // new version, which may have a new dependency.
  const installedDependencies = dependencyIds(core, plugin).filter((id) =>
    others.some((other) => other.plugin.id === id),
  )
  if (row !== null && row.version !== plugin.version)
    problems.push(...(await missingDependencyProblems(client, plugin.id, installedDependencies)))
  const unrestricted = target.directory === null ? [] : await unrestrictedFiles(target.directory)
  // An upgrade does not edit the file.
  const listing = row === null || row.state === 'KEPT' ? await listingProblem(configPath, source) : null
  if (listing !== null) problems.push(listing)
  const problemsBefore = problems.length
  let migrations: readonly MigrationFile[] = []
  try {
    const files = await pluginMigrations(plugin.id, target.directory)
    const removal = await readRemovalSql(plugin.id, target.directory, files)
    migrations = pendingOf(plugin.id, files, await readAppliedMigrations(client))
    const names = { id: plugin.id, reads: plugin.reads ?? [] }
    for (const { name, sql } of migrations) await checkStatements({ ...names, file: name, sql })
    if (removal !== null) await checkStatements({ ...names, file: 'remove.sql', sql: removal })
  } catch (error) {
    problems.push(messageOf(error))
  }
  const hasProblemOfFiles = problems.length > problemsBefore
  const isSameVersion = row !== null && row.state !== 'KEPT' && row.version === plugin.version
  if (isSameVersion && migrations.length > 0)
    problems.push(`${plugin.id} has new migrations under its old version ${plugin.version}. Raise the version.`)
  const { problems: schemaProblems, ...composed } = refused.some((refusal) => refusal.plugin === target)
    ? NOT_COMPOSED
    : await planSchema(core, target, others, row)
  problems.push(...schemaProblems)
  const predicted = hasProblemOfFiles
    ? []
    : await predictProblems(client, { id: plugin.id, files: migrations, models: composed.models })
  const isUnchanged = isSameVersion && row.state === 'INSTALLED' && migrations.length === 0
  if (!isUnchanged) problems.push(...predicted)
  const drift = isUnchanged ? predicted : []
  return {
    source,
    target,
    row,
    dependencies,
    unrestrictedFiles: unrestricted,
    migrations,
    ...composed,
    problems,
    drift,
  }
}

/** Returns a problem for each dependency that is installed and can't be loaded. */
function brokenDependencies({ plugin }: LoadedPlugin, { broken }: InstallationState): string[] {
  return broken
    .filter(({ row }) => Object.hasOwn(plugin.depends ?? {}, row.id))
    .map(({ row, reason }) => `${plugin.id} depends on ${row.id}, which is installed and can't be loaded: ${reason}`)
}

function rowProblems({ plugin, source }: LoadedPlugin, row: InstalledPlugin | null): string[] {
  if (row === null) return []
  if (row.state === 'REMOVING')
    return [
      `The removal of ${plugin.id} was interrupted. First run \`rapport plugin remove ${plugin.id}\` again, with the same option (--keep, --export or --drop).`,
    ]
  return [
    ...(row.source !== source && row.state !== 'KEPT'
      ? [`The id ${plugin.id} is used by both ${row.source}, which is installed, and ${source}. Remove ${row.source}.`]
      : []),
    ...(gt(row.version, plugin.version)
      ? [
          `Version ${row.version} of ${plugin.id} was installed; ${source} is ${plugin.version}, which is older. Plugins can't be downgraded.`,
        ]
      : []),
  ]
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
