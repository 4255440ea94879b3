import { accessRuleProblems } from '../../graphql/check/access-rules.ts'
import { unknownPermissions } from '../../registry/unknown-permissions.ts'
import type { LoadedPlugin } from '../../request/loaded-plugin.ts'
import type { CoreParts } from '../host/compose-plugins.ts'
import { orderPlugins } from '../host/plugin-order.ts'
import type { Installation } from '../lifecycle/installation.ts'
import { inspectImport } from '../load/inspect.ts'
import { loadPlugin } from '../load/load-plugin.ts'
import { composeTogether, descriptionProblems, fieldDescriptionProblems, schemaProblems } from './composition-checks.ts'
import { type Finding, runCheck, withoutTheRest } from './finding.ts'
import { isolationProblems } from './isolation-checks.ts'
import { lifecycleProblems } from './lifecycle-checks.ts'
import { partProblems } from './parts/part-checks.ts'
import { permissionProblems } from './permission-checks.ts'
import { undeclaredPersonalData } from './personal-data-checks.ts'
import { breakingChanges, publishSchema } from './published-schema.ts'
import { addedRootFields } from './root-parts.ts'
import { ruleProblems } from './rule-checks.ts'
import { environmentReads, foreignImports } from './source-checks.ts'
import { statementProblems } from './statement-checks.ts'
import type { ConformanceApp } from './trial-app.ts'
import { visibilityProblems } from './visibility-checks.ts'

/** Parameters of `checkConformance`: plugins, and functions that create temporary installations and apps. */
export interface ConformanceSetup {
  readonly core: CoreParts
  /** Other plugins of the installation; the checked plugin may depend on some of them. */
  readonly others: readonly LoadedPlugin[]
  /** Runs a callback with a new installation without plugins, and removes the installation afterwards. */
  withInstallation<Result>(run: (installation: Installation) => Promise<Result>): Promise<Result>
  /** Enables installed plugins in a workspace of the installation, in the given order, and disables them again. */
  enableAndDisable(installation: Installation, plugins: readonly LoadedPlugin[]): Promise<void>
  /** Runs a callback with an app that has the plugins enabled, and closes the app afterwards. */
  withApp<Result>(plugins: readonly LoadedPlugin[], run: (app: ConformanceApp) => Promise<Result>): Promise<Result>
  /** Whether to write what the plugin adds to the GraphQL schema to its folder. Later checks compare with that file. */
  readonly writesSchema: boolean
}

/**
 * Runs all checks on the plugin in a folder and yields the finding of each. Ends early when a check fails that the
 * later checks need, such as the import of the plugin.
 */
export async function* checkConformance(directory: string, setup: ConformanceSetup): AsyncGenerator<Finding> {
  const importFinding = await runCheck('only declares on import', () => inspectImport(directory, directory))
  if (importFinding.problems.length > 0) {
    yield withoutTheRest(importFinding, 'everything else, because the plugin was not loaded')
    return
  }
  yield importFinding
  let loaded: LoadedPlugin | null = null
  const loadFinding = await runCheck('is a valid plugin', async () => {
    loaded = await loadPlugin(directory, directory)
    return []
  })
  yield loaded ? loadFinding : withoutTheRest(loadFinding, 'everything else, because the plugin was not loaded')
  if (loaded) yield* checkLoaded(loaded, directory, setup)
}

async function* checkLoaded(loaded: LoadedPlugin, directory: string, setup: ConformanceSetup): AsyncGenerator<Finding> {
  const { core, withInstallation, enableAndDisable, withApp } = setup
  const { plugin } = loaded
  const others = setup.others.filter((other) => other.plugin.id !== plugin.id)
  const dependencies = dependenciesOf(core, loaded, others)
  const dependencyFolders = dependencies.flatMap((dependency) => dependency.directory ?? [])
  yield await runCheck('imports only what is allowed', () => foreignImports(directory, dependencyFolders))
  yield await runCheck('does not read the environment', () => environmentReads(directory))

  const compositionFinding = await runCheck('composes with core', () => {
    const { registry, schema } = composeTogether(core, [...dependencies, loaded])
    return [
      ...schemaProblems(schema),
      ...unknownPermissions(registry, plugin),
      ...accessRuleProblems(registry, schema, plugin),
    ]
  })
  if (compositionFinding.problems.length > 0) {
    yield withoutTheRest(compositionFinding, 'everything else, because it needs the composed schema')
    return
  }
  yield compositionFinding
  if (others.length > dependencies.length)
    yield await runCheck('composes with every listed plugin', () => {
      composeTogether(core, [...others, loaded])
      return []
    })
  const before = composeTogether(core, dependencies).schema
  const { schema: after, registry } = composeTogether(core, [...dependencies, loaded])
  yield await runCheck('everything it adds is described', () => [
    ...descriptionProblems(before, after),
    ...fieldDescriptionProblems(registry, plugin.id),
  ])
  yield await runCheck('keeps its published schema', async () => {
    if (setup.writesSchema) await publishSchema(directory, before, after)
    const result = await breakingChanges(directory, before, after)
    return result ?? { problems: [], notes: ['no schema is published: rapport plugin check --publish writes it'] }
  })
  yield await runCheck('declares its personal data', () => undeclaredPersonalData(registry.models, plugin))

  const lifecycleFinding = await runCheck('installs, upgrades and removes without a trace', () =>
    withInstallation((installation) => lifecycleProblems({ installation, loaded, dependencies, enableAndDisable })),
  )
  if (lifecycleFinding.problems.length > 0) {
    yield withoutTheRest(lifecycleFinding, 'what its code does, because it needs the installed plugin')
    return
  }
  yield lifecycleFinding
  const rootFields = addedRootFields(before, after, registry, plugin)
  yield* withAppFindings(
    withApp,
    [...dependencies, loaded],
    [
      ['enforces the permission of every operation', (app) => permissionProblems(app, rootFields)],
      ['isolates workspaces from each other', (app) => isolationProblems(app, plugin.id, rootFields)],
      ['shows callers only what they may see', (app) => visibilityProblems(app, plugin, rootFields)],
      ['has rules that keep within their budget', (app) => ruleProblems(app, plugin)],
      ['runs without an error', (app) => partProblems(app, plugin, rootFields)],
      ['reads in one statement', (app) => statementProblems(app, before, plugin.id)],
    ],
  )
}

type AppCheck = readonly [check: string, run: (app: ConformanceApp) => Promise<Omit<Finding, 'check'>>]

/** Runs each check with a new app and database, so that no check reads what another check wrote. */
async function* withAppFindings(
  withApp: ConformanceSetup['withApp'],
  plugins: readonly LoadedPlugin[],
  checks: readonly AppCheck[],
): AsyncGenerator<Finding> {
  for (const [check, run] of checks) yield await runCheck(check, () => withApp(plugins, run))
}

/** Returns the plugins that a plugin depends on, directly or not, in the order of installation. */
function dependenciesOf(core: CoreParts, { plugin }: LoadedPlugin, others: readonly LoadedPlugin[]): LoadedPlugin[] {
  const dependencyIds = new Set(Object.keys(plugin.depends ?? {}))
  const { ordered } = orderPlugins(core, others)
  for (const other of [...ordered].reverse())
    if (dependencyIds.has(other.plugin.id))
      for (const id of Object.keys(other.plugin.depends ?? {})) dependencyIds.add(id)
  return ordered.filter((other) => dependencyIds.has(other.plugin.id))
}
