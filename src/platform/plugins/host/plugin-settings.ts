import type { z } from 'zod'
import type { Database } from '../../data/database.ts'
import { sql } from '../../data/sql.ts'
import type { Plugin } from '../../declare/plugin.ts'
import type { Scope } from '../../sandbox/scope.ts'

type Settings = Readonly<Record<string, unknown>>

/**
 * The plugin's settings by the schema it declares them with, read once in the transaction.
 * @throws Error for a schema that the plugin does not declare.
 */
export async function readSettings<Schema extends z.ZodObject>(
  scope: Scope,
  plugin: Plugin,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const { installation, workspace } = plugin.settings ?? {}
  if (schema !== installation && schema !== workspace)
    throw new Error(`The plugin ${plugin.id} declares no settings by this schema. Hand over one of its \`settings\`.`)
  const set = installation ? await installationSettings(scope.root.work.context.runtime.database, plugin.id) : {}
  if (schema === installation) return schema.parse(set)
  const shared = Object.entries(set).filter(([name]) => Object.hasOwn(schema.shape, name))
  return schema.parse({ ...Object.fromEntries(shared), ...(await workspaceSettings(scope, plugin)) })
}

function workspaceSettings({ root }: Scope, plugin: Plugin): Promise<Settings> {
  const known = root.settings.get(plugin.id)
  if (known) return known
  const { transaction } = root.work
  const read = transaction
    .query<{ settings: Settings }>(
      sql`select settings::jsonb as settings from plugin_activations where workspace_id = ${transaction.workspaceId}::uuid and plugin_id = ${plugin.id}`,
    )
    .then(([row]) => row?.settings ?? {})
  root.settings.set(plugin.id, read)
  return read
}

/** The value of a secret in the workspace, or null. */
export async function readSecret(scope: Scope, plugin: Plugin, name: string): Promise<string | null> {
  if (!Object.hasOwn(plugin.settings?.secrets ?? {}, name))
    throw new Error(`The plugin ${plugin.id} declares no secret ${name}.`)
  const { transaction } = scope.root.work
  const [row] = await transaction.query<{ secret: string | null }>(
    sql`select secrets->>${name}::text as secret from plugin_activations where workspace_id = ${transaction.workspaceId}::uuid and plugin_id = ${plugin.id}`,
  )
  return row?.secret ?? null
}

interface Kept {
  readonly settings: Settings
  readonly readAt: number
}

const kept = new WeakMap<Database, Map<string, Kept>>()
const KEEP_MS = 5_000

/** What the operator set. It rarely changes and belongs to no workspace, so it is read once in five seconds by the owner. */
async function installationSettings(database: Database, pluginId: string): Promise<Settings> {
  const byPlugin = kept.get(database) ?? new Map<string, Kept>()
  kept.set(database, byPlugin)
  const known = byPlugin.get(pluginId)
  if (known && known.readAt > Date.now() - KEEP_MS) return known.settings
  const { rows } = await database.ownerPool.query<{ settings: Settings }>({
    name: 'plugin-settings',
    text: 'select settings::jsonb as settings from installed_plugins where id = $1',
    values: [pluginId],
  })
  const settings = rows[0]?.settings ?? {}
  byPlugin.set(pluginId, { settings, readAt: Date.now() })
  return settings
}
