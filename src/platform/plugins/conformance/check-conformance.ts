import { accessRuleProblems } from '../../graphql/check/access-rules.ts'
import { unknownPermissions } from '../../registry/unknown-permissions.ts'
import type { LoadedPlugin } from '../../request/loaded-plugin.ts'
import type { Composed, CoreParts } from '../host/compose-plugins.ts'
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
  /** The only check to run, besides those of the import and the composition, which the others need. Default: all. */
  readonly only?: string | undefined
}

/**
 * Runs the checks on the plugin in a folder and yields the finding of each. Ends early when a check fails that the
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
  const { core } = setup
  const { plugin } = loaded
  const others = setup.others.filter((other) => other.plugin.id !== plugin.id)
  const dependencies = dependenciesOf(core, loaded, others)
  const dependencyFolders = dependencies.flatMap((dependency) => dependency.directory ?? [])
  yield* wanted(setup, [
    ['imports only what is allowed', () => foreignImports(directory, dependencyFolders)],
    ['does not read the environment', () => environmentReads(directory)],
  ])

  let composed: Composed | null = null
  const compositionFinding = await runCheck('composes with core', () => {
    composed = composeTogether(core, [...dependencies, loaded])
    const { registry, schema } = composed
    return [
      ...schemaProblems(schema),
      ...unknownPermissions(registry, plugin),
      ...accessRuleProblems(registry, schema, plugin),
    ]
  })
  if (!composed || compositionFinding.problems.length > 0) {
    yield withoutTheRest(compositionFinding, 'everything else, because it needs the composed schema')
    return
  }
  yield compositionFinding
  yield* checkComposed({ setup, loaded, directory, dependencies, others, composed })
}

/** A plugin that can be composed with core and the plugins that it depends on. */
interface ComposedPlugin {
  readonly setup: ConformanceSetup
  readonly loaded: LoadedPlugin
  readonly directory: string
  /** Plugins that the checked plugin depends on, each after its own dependencies. */
  readonly dependencies: readonly LoadedPlugin[]
  /** All other plugins of the installation. */
  readonly others: readonly LoadedPlugin[]
  readonly composed: Composed
}

async function* checkComposed(checked: ComposedPlugin): AsyncGenerator<Finding> {
  const { setup, loaded, directory, dependencies, others, composed } = checked
  const { core, withInstallation, enableAndDisable } = setup
  const { plugin } = loaded
  const { schema: after, registry } = composed
  const before = composeTogether(core, dependencies).schema
  const composesWithAll = () => {
    composeTogether(core, [...others, loaded])
    return []
  }
  yield* wanted(setup, [
    ...(others.length > dependencies.length ? [['composes with every listed plugin', composesWithAll] as const] : []),
    [
      'everything it adds is described',
      () => [...descriptionProblems(before, after), ...fieldDescriptionProblems(registry, plugin.id)],
    ],
    [
      'keeps its published schema',
      async () => {
        if (setup.writesSchema) await publishSchema(directory, before, after)
        const result = await breakingChanges(directory, before, after)
        return result ?? { problems: [], notes: ['no schema is published: rapport plugin check --publish writes it'] }
      },
    ],
    ['declares its personal data', () => undeclaredPersonalData(registry.models, plugin)],
  ])
  const lifecycle: Check = [
    'installs, upgrades and removes without a trace',
    () =>
      withInstallation((installation) => lifecycleProblems({ installation, loaded, dependencies, enableAndDisable })),
  ]
  for await (const finding of wanted(setup, [lifecycle])) {
    if (finding.problems.length > 0) {
      yield withoutTheRest(finding, 'what its code does, because it needs the installed plugin')
      return
    }
    yield finding
  }
  const rootFields = addedRootFields(before, after, registry, plugin)
  // Each with a new app and database, so that no check reads what another check wrote.
  const withApp = (run: (app: ConformanceApp) => Promise<Outcome>) => () =>
    setup.withApp([...dependencies, loaded], run)
  yield* wanted(setup, [
    ['enforces the permission of every operation', withApp((app) => permissionProblems(app, rootFields))],
    ['isolates workspaces from each other', withApp((app) => isolationProblems(app, plugin.id, rootFields))],
    ['shows callers only what they may see', withApp((app) => visibilityProblems(app, plugin, rootFields))],
    ['has rules that keep within their budget', withApp((app) => ruleProblems(app, plugin))],
    ['runs without an error', withApp((app) => partProblems(app, plugin, rootFields))],
    ['reads in one statement', withApp((app) => statementProblems(app, before, plugin.id))],
  ])
}

type Outcome = Awaited<ReturnType<Parameters<typeof runCheck>[1]>>
type Check = readonly [check: string, run: Parameters<typeof runCheck>[1]]

/** Runs the checks that were asked for, one after the other. */
async function* wanted({ only }: ConformanceSetup, checks: readonly Check[]): AsyncGenerator<Finding> {
  for (const [check, run] of checks) if (only === undefined || only === check) yield await runCheck(check, run)
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
