import type { Pool } from 'pg'
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
  const declared = plugin.settings?.installation
  if (!declared) throw new PluginLifecycleError(`${id} has no settings for the installation.`)
  const names = Object.keys(declared.shape)
  const unknown = Object.keys(values).find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new PluginLifecycleError(`${id} has no setting ${unknown}. Its settings are: ${names.join(', ')}.`)
  const merged = Object.entries({ ...row.settings, ...values }).filter(([, value]) => value !== null)
  // Required settings may be set later: only the present ones are checked.
  const parsed = declared.partial().safeParse(Object.fromEntries(merged))
  if (!parsed.success) {
    const reasons = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new PluginLifecycleError(`These settings of ${id} are not valid: ${reasons.join('; ')}.`)
  }
  const settings = Object.fromEntries(merged)
  await ownerPool.query('update installed_plugins set settings = $2, updated_at = now() where id = $1', [
    id,
    JSON.stringify(settings),
  ])
  return settings
}
