import { unknownPermissions } from '../../registry/unknown-permissions.ts'
import type { LoadedPlugin } from '../../request/loaded-plugin.ts'
import type { CoreParts } from '../host/compose-plugins.ts'
import { orderPlugins } from '../host/plugin-order.ts'
import type { Installation } from '../lifecycle/installation.ts'
import { inspectImport } from '../load/inspect.ts'
import { loadPlugin } from '../load/load-plugin.ts'
import { composeTogether, undescribed, unexplained } from './composition-checks.ts'
import { type Finding, finding } from './finding.ts'
import { isolationProblems } from './isolation-checks.ts'
import { lifecycleProblems } from './lifecycle-checks.ts'
import { permissionProblems } from './permission-checks.ts'
import { undeclaredPersonalData } from './personal-data-checks.ts'
import { brokenPromises, publishSchema } from './published-schema.ts'
import { rootParts } from './root-parts.ts'
import { ruleProblems } from './rule-checks.ts'
import { environmentReads, foreignImports } from './source-checks.ts'
import { statementProblems } from './statement-checks.ts'
import type { ConformanceApp } from './trial-app.ts'

/** What the checks of a plugin need of the world. */
export interface CheckSurroundings {
  readonly core: CoreParts
  /** Other plugins of the installation, of which it may depend on some. */
  readonly others: readonly LoadedPlugin[]
  /** Does something with an installation that has core and nothing else, and removes it. */
  withInstallation<Result>(work: (installation: Installation) => Promise<Result>): Promise<Result>
  /** Makes a workspace of such an installation use plugins that are installed, each after those it depends on, and stop it. */
  useForATime(installation: Installation, plugins: readonly LoadedPlugin[]): Promise<void>
  /** Does something with an app that has plugins enabled, and closes it. */
  withApp<Result>(plugins: readonly LoadedPlugin[], work: (app: ConformanceApp) => Promise<Result>): Promise<Result>
  /** Whether the plugin's schema is noted for later checks to hold it to. */
  readonly isPublished: boolean
}

/** Checks the plugin in a folder, one thing after the other. Ends early where the rest can't be looked at. */
export async function* checkConformance(directory: string, surroundings: CheckSurroundings): AsyncGenerator<Finding> {
  const declares = await finding('only declares on import', () => inspectImport(directory, directory))
  yield declares
  if (declares.problems.length > 0) return
  let loaded: LoadedPlugin | null = null
  yield await finding('is a valid plugin', async () => {
    loaded = await loadPlugin(directory, directory)
    return []
  })
  if (loaded) yield* checkLoaded(loaded, directory, surroundings)
}

async function* checkLoaded(
  loaded: LoadedPlugin,
  directory: string,
  surroundings: CheckSurroundings,
): AsyncGenerator<Finding> {
  const { core, withInstallation, useForATime, withApp } = surroundings
  const { plugin } = loaded
  const others = surroundings.others.filter((each) => each.plugin.id !== plugin.id)
  const dependencies = dependenciesOf(core, loaded, others)
  const siblings = dependencies.flatMap((each) => each.directory ?? [])
  yield await finding('imports only what it may', () => foreignImports(directory, siblings))
  yield await finding('does not read the environment', () => environmentReads(directory))

  const alone = await finding('composes with core', () =>
    unknownPermissions(composeTogether(core, [...dependencies, loaded]).registry, plugin),
  )
  yield alone
  if (alone.problems.length > 0) return
  if (others.length > dependencies.length)
    yield await finding('composes with every listed plugin', () => {
      composeTogether(core, [...others, loaded])
      return []
    })
  const before = composeTogether(core, dependencies).schema
  const { schema: after, registry } = composeTogether(core, [...dependencies, loaded])
  yield await finding('everything it adds is described', () => [
    ...undescribed(before, after),
    ...unexplained(registry, plugin.id),
  ])
  yield await finding('keeps what it has published', async () => {
    if (surroundings.isPublished) await publishSchema(directory, before, after)
    const broken = await brokenPromises(directory, before, after)
    return broken ?? { problems: [], notes: ['nothing was published: rapport plugin check --publish notes its schema'] }
  })
  yield await finding('declares its personal data', () => undeclaredPersonalData(registry.models, plugin))

  const cycle = await finding('installs, upgrades and removes without a trace', () =>
    withInstallation((installation) => lifecycleProblems({ installation, loaded, dependencies, useForATime })),
  )
  yield cycle
  if (cycle.problems.length > 0) return
  const parts = rootParts(before, after, registry, plugin)
  yield* withAppFindings(
    withApp,
    [...dependencies, loaded],
    [
      ['asks for the permission of every operation', (app) => permissionProblems(app, parts)],
      ['tells no workspace of another', (app) => isolationProblems(app, plugin.id, parts)],
      ['has rules that keep within their budget', (app) => ruleProblems(app, plugin)],
      ['reads in one statement', (app) => statementProblems(app, before, plugin.id)],
    ],
  )
}

type AppCheck = readonly [check: string, look: (app: ConformanceApp) => Promise<Omit<Finding, 'check'>>]

/** An app for each check, so that what one writes is not in the way of the next. */
async function* withAppFindings(
  withApp: CheckSurroundings['withApp'],
  plugins: readonly LoadedPlugin[],
  checks: readonly AppCheck[],
): AsyncGenerator<Finding> {
  for (const [check, look] of checks) yield await finding(check, () => withApp(plugins, look))
}

/** The plugins among others that it depends on, and those that these depend on, in the order of installation. */
function dependenciesOf(core: CoreParts, { plugin }: LoadedPlugin, others: readonly LoadedPlugin[]): LoadedPlugin[] {
  const wanted = new Set(Object.keys(plugin.depends ?? {}))
  const { ordered } = orderPlugins(core, others)
  for (const each of [...ordered].reverse())
    if (wanted.has(each.plugin.id)) for (const id of Object.keys(each.plugin.depends ?? {})) wanted.add(id)
  return ordered.filter((each) => wanted.has(each.plugin.id))
}
