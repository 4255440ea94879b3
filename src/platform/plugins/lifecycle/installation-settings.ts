import type { Pool } from 'pg'
import type { Plugin } from '../../declare/plugin.ts'
import { rootOf } from '../load/installation-config.ts'
import { loadPlugin } from '../load/load-plugin.ts'
import { PluginLifecycleError } from '../load/plugin-error.ts'
import { readInstalled } from './installed.ts'

/**
 * Sets some of a plugin's settings for the installation and keeps the others. Returns all settings that are set now.
 * @param values Values by the name of the setting; null deletes the setting.
 * @throws PluginLifecycleError when the plugin is not installed, has no such setting or does not accept a value.
 */
export async function setInstallationSettings(
  ownerPool: Pool,
  configPath: string,
  id: string,
  values: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const row = (await readInstalled(ownerPool)).find((candidate) => candidate.id === id)
  if (!row) throw new PluginLifecycleError(`No plugin ${id} is installed.`)
  const { plugin } = await loadPlugin(row.source, rootOf(configPath))
  const settings = mergedSettings(plugin, row.settings, values)
  await ownerPool.query('update installed_plugins set settings = $2, updated_at = now() where id = $1', [
    id,
    JSON.stringify(settings),
  ])
  return settings
}

/**
 * Returns the present settings of a plugin for the installation, with new values.
 * @param values Values by the name of the setting; null deletes the setting.
 * @throws PluginLifecycleError when the plugin has no such setting or does not accept a value.
 */
export function mergedSettings(
  { id, settings }: Plugin,
  present: Readonly<Record<string, unknown>>,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const declared = settings?.installation
  if (!declared) throw new PluginLifecycleError(`${id} has no settings for the installation.`)
  const names = Object.keys(declared.shape)
  const unknown = Object.keys(values).find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new PluginLifecycleError(`${id} has no setting ${unknown}. Its settings are: ${names.join(', ')}.`)
  const merged = Object.fromEntries(Object.entries({ ...present, ...values }).filter(([, value]) => value !== null))
  // Required settings may be set later: only the present ones are checked.
  const parsed = declared.partial().safeParse(merged)
  if (!parsed.success) {
    const reasons = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new PluginLifecycleError(`These settings of ${id} are not valid: ${reasons.join('; ')}.`)
  }
  return merged
}
