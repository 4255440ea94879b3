import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pool } from 'pg'
import { coreParts } from '../core.ts'
import { migrate } from '../platform/data/migrations/migrate.ts'
import type { Plugin } from '../platform/declare/plugin.ts'
import { disablePlugin, enablePlugin } from '../platform/plugins/host/activation.ts'
import { orderPlugins } from '../platform/plugins/host/plugin-order.ts'
import { mergedSettings } from '../platform/plugins/lifecycle/installation-settings.ts'
import type { Actor } from '../platform/request/actor.ts'
import type { PluginHost } from '../platform/request/context.ts'
import type { LoadedPlugin } from '../platform/request/loaded-plugin.ts'
import { runWrites } from '../platform/writes/unit-of-work.ts'

/** A plugin under test. */
export interface PluginUnderTest {
  /** The default export of the plugin's entry. */
  readonly plugin: Plugin
  /** Absolute path of the plugin's folder; needed only when the plugin has models or migrations. */
  readonly directory?: string
  /** Values that the operator sets for the plugin's settings of the installation, by name. Default: none. */
  readonly installationSettings?: Readonly<Record<string, unknown>>
}

/**
 * Returns plugins under test as loaded plugins, sorted so that each comes after its dependencies.
 * @throws Error that lists the reasons when they can't be used together.
 */
export async function loadedForTest(plugins: readonly PluginUnderTest[]): Promise<readonly LoadedPlugin[]> {
  if (plugins.length === 0) return []
  const loaded = await Promise.all(plugins.map(load))
  const { ordered, refused } = orderPlugins(await coreParts(), loaded)
  if (refused.length > 0) throw new Error(refused.flatMap(({ reasons }) => reasons).join('\n'))
  return ordered
}

async function load({ plugin, directory }: PluginUnderTest): Promise<LoadedPlugin> {
  const path = directory === undefined ? null : join(directory, 'models.prisma')
  const text = path !== null && existsSync(path) ? await readFile(path, 'utf8') : null
  const modelSource =
    text === null
      ? null
      : {
          pluginId: plugin.id,
          depends: Object.keys(plugin.depends ?? {}),
          files: [{ path: 'models.prisma', text }],
        }
  return { plugin, source: plugin.id, directory: directory ?? null, modelSource }
}

type Settings = Readonly<Record<string, unknown>>

/**
 * Returns the settings of plugins under test for the installation, by the id of the plugin.
 * @throws PluginLifecycleError when a plugin has no such setting or does not accept a value.
 */
export function settingsForTest(plugins: readonly PluginUnderTest[]): ReadonlyMap<string, Settings> {
  return new Map(
    plugins.flatMap(({ plugin, installationSettings }) =>
      installationSettings ? [[plugin.id, mergedSettings(plugin, {}, installationSettings)]] : [],
    ),
  )
}

/**
 * Runs the migrations of plugins and adds the plugins to `installed_plugins`, without the checks of `rapport plugin
 * add`.
 * @param settings Settings of plugins for the installation, by the id of the plugin.
 */
export async function installForTest(
  databaseUrl: string,
  ownerPool: Pool,
  plugins: readonly LoadedPlugin[],
  settings: ReadonlyMap<string, Settings>,
): Promise<void> {
  const sources = plugins.flatMap(({ plugin, directory }) => {
    const migrations = directory === null ? null : join(directory, 'migrations')
    return migrations !== null && existsSync(migrations) ? [{ pluginId: plugin.id, directory: migrations }] : []
  })
  if (sources.length > 0) await migrate(databaseUrl, sources)
  for (const { plugin, source } of plugins) {
    await ownerPool.query(
      `insert into installed_plugins (id, version, source, state, permissions, reads, settings)
       values ($1, $2, $3, 'INSTALLED', $4, $5, $6) on conflict (id) do nothing`,
      [plugin.id, plugin.version, source, plugin.permissions ?? [], plugin.reads ?? [], settings.get(plugin.id) ?? {}],
    )
  }
}

/**
 * Enables plugins in the workspace of an actor, in the given order.
 * @throws Error when a plugin can't be enabled.
 */
export function enableForTest(host: PluginHost, actor: Actor, plugins: readonly LoadedPlugin[]): Promise<void> {
  return switchForTest(host, actor, plugins, enablePlugin)
}

/**
 * Disables plugins in the workspace of an actor, in reverse order.
 * @throws Error when a plugin can't be disabled.
 */
export function disableForTest(host: PluginHost, actor: Actor, plugins: readonly LoadedPlugin[]): Promise<void> {
  return switchForTest(host, actor, [...plugins].reverse(), disablePlugin)
}

async function switchForTest(
  host: PluginHost,
  actor: Actor,
  plugins: readonly LoadedPlugin[],
  switchPlugin: typeof enablePlugin,
): Promise<void> {
  for (const { plugin } of plugins) {
    const context = {
      actor,
      runtime: host.runtimeFor([]),
      requestId: randomUUID(),
      idempotencyKey: null,
      requestHash: '',
    }
    const { result } = await runWrites(context, (work) => switchPlugin(work, plugin.id))
    if (result.length > 0) throw new Error(result.map(({ message }) => message).join('\n'))
  }
}
