import type { Database } from '../data/database.ts'
import { sql } from '../data/sql.ts'
import type { Plugin } from './plugin.ts'
import type { Scope } from './scope.ts'

type Settings = Readonly<Record<string, unknown>>

/** Whether the plugin has settings that have to be read before its code runs. */
export function needsSettings(scope: Scope, { id, settings }: Plugin): boolean {
  return (settings?.workspace !== undefined || settings?.installation !== undefined) && !scope.root.settings.has(id)
}

/** The plugin's settings, which were read before its code runs. */
export function settingsOf(scope: Scope, plugin: Plugin): Settings {
  return scope.root.settings.get(plugin.id) ?? {}
}

/** Reads the plugin's settings in the transaction: those of the workspace over those of the installation. */
export async function loadSettings(scope: Scope, plugin: Plugin): Promise<void> {
  const { work, settings } = scope.root
  const { transaction, context } = work
  const { installation, workspace } = plugin.settings ?? {}
  const ofInstallation = installation ? await installationSettings(context.runtime.database, plugin.id) : {}
  const [row] = workspace
    ? await transaction.query<{ settings: Settings }>(
        sql`select settings::jsonb as settings from plugin_activations where workspace_id = ${transaction.workspaceId}::uuid and plugin_id = ${plugin.id}`,
      )
    : []
  settings.set(plugin.id, {
    ...installation?.parse(ofInstallation),
    ...workspace?.parse(row?.settings ?? {}),
  })
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
  const { rows } = await database.owner.query<{ settings: Settings }>({
    name: 'plugin-settings',
    text: 'select settings::jsonb as settings from installed_plugins where id = $1',
    values: [pluginId],
  })
  const settings = rows[0]?.settings ?? {}
  byPlugin.set(pluginId, { settings, readAt: Date.now() })
  return settings
}
