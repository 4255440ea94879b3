import type { z } from 'zod'
import type { Database } from '../../data/database.ts'
import { sql } from '../../data/sql.ts'
import type { Plugin } from '../../declare/plugin.ts'
import { parseWorkspaceSettings, type StoredSettings } from '../../request/stored-settings.ts'
import type { WorkLevel } from '../../sandbox/work-level.ts'

type Settings = Readonly<Record<string, unknown>>

/**
 * Returns the plugin's settings for one of the two schemas that it declares: for the installation or for a workspace.
 * In the settings of a workspace, a setting that the workspace has not set has the value of the installation's setting
 * with the same name. The settings of the workspace are read once in a transaction.
 * @throws Error for a schema that the plugin does not declare, and when a required setting is missing or not valid.
 */
export async function readSettings<Schema extends z.ZodObject>(
  level: WorkLevel,
  plugin: Plugin,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const { installation, workspace } = plugin.settings ?? {}
  if (schema !== installation && schema !== workspace)
    throw new Error(`The plugin ${plugin.id} declares no settings by this schema. Pass one of its \`settings\`.`)
  const installationValues = installation
    ? await installationSettings(level.root.work.context.runtime.database, plugin.id)
    : {}
  if (schema === installation) return schema.parse(installationValues)
  const workspaceValues = await workspaceSettings(level, plugin)
  return parseWorkspaceSettings(schema, { installation: installationValues, workspace: workspaceValues })
}

/** Returns the settings of plugins, as an actor has them, from the settings of the workspace. */
export async function storedSettings(
  database: Database,
  workspaceValues: ReadonlyMap<string, Settings>,
): Promise<Record<string, StoredSettings>> {
  const entries = [...workspaceValues].map(
    async ([id, workspace]) => [id, { installation: await installationSettings(database, id), workspace }] as const,
  )
  return Object.fromEntries(await Promise.all(entries))
}

function workspaceSettings({ root }: WorkLevel, plugin: Plugin): Promise<Settings> {
  const cached = root.settings.get(plugin.id)
  if (cached) return cached
  const { transaction } = root.work
  const reading = transaction
    .query<{ settings: Settings }>(
      sql`select settings::jsonb as settings from plugin_activations where workspace_id = ${transaction.workspaceId}::uuid and plugin_id = ${plugin.id}`,
    )
    .then(([row]) => row?.settings ?? {})
  root.settings.set(plugin.id, reading)
  return reading
}

/**
 * Returns the value of a secret in the workspace, or null when it is not set.
 * @throws Error for a secret that the plugin does not declare.
 */
export async function readSecret(level: WorkLevel, plugin: Plugin, name: string): Promise<string | null> {
  if (!Object.hasOwn(plugin.settings?.secrets ?? {}, name))
    throw new Error(`The plugin ${plugin.id} declares no secret ${name}.`)
  const { transaction } = level.root.work
  const [row] = await transaction.query<{ secret: string | null }>(
    sql`select secrets->>${name}::text as secret from plugin_activations where workspace_id = ${transaction.workspaceId}::uuid and plugin_id = ${plugin.id}`,
  )
  return row?.secret ?? null
}

interface CachedSettings {
  readonly settings: Settings
  readonly readAt: number
}

const settingsCache = new WeakMap<Database, Map<string, CachedSettings>>()
const CACHE_MS = 5_000

/**
 * Returns the settings that the operator set for the installation. They rarely change, so they are cached for five
 * seconds. They are read as the owner of the tables, because the app role can't read `installed_plugins`.
 */
async function installationSettings(database: Database, pluginId: string): Promise<Settings> {
  const byPlugin = settingsCache.get(database) ?? new Map<string, CachedSettings>()
  settingsCache.set(database, byPlugin)
  const cached = byPlugin.get(pluginId)
  if (cached && cached.readAt > Date.now() - CACHE_MS) return cached.settings
  const { rows } = await database.ownerPool.query<{ settings: Settings }>({
    name: 'plugin-settings',
    text: 'select settings::jsonb as settings from installed_plugins where id = $1',
    values: [pluginId],
  })
  const settings = rows[0]?.settings ?? {}
  byPlugin.set(pluginId, { settings, readAt: Date.now() })
  return settings
}
