import type { Pool } from 'pg'
import { rootOf } from '../load/installation-config.ts'
import { loadPlugin } from '../load/load-plugin.ts'
import { PluginLifecycleError } from '../load/plugin-error.ts'
import { readInstalled } from './installed.ts'

/**
 * Sets some of what a plugin lets the operator set for the installation. A value is read as JSON where it is some, and as
 * text otherwise; null unsets. Answers all that is set now.
 * @throws PluginLifecycleError that says what is wrong with a value, and what there is to set.
 */
export async function setInstallationSettings(
  ownerPool: Pool,
  configPath: string,
  id: string,
  values: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const row = (await readInstalled(ownerPool)).find((each) => each.id === id)
  if (!row) throw new PluginLifecycleError(`No plugin ${id} is installed.`)
  const { plugin } = await loadPlugin(row.source, rootOf(configPath))
  const declared = plugin.settings?.installation
  if (!declared) throw new PluginLifecycleError(`${id} has nothing to set for the installation.`)
  const names = Object.keys(declared.shape)
  const unknown = Object.keys(values).find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new PluginLifecycleError(`${id} has no setting ${unknown}. There is: ${names.join(', ')}.`)
  const merged = Object.entries({ ...row.settings, ...values }).filter(([, value]) => value !== null)
  // What is not set yet may be set later: only what is there has to be right.
  const parsed = declared.partial().safeParse(Object.fromEntries(merged))
  if (!parsed.success) {
    const reasons = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new PluginLifecycleError(`That can't be set for ${id}: ${reasons.join('; ')}.`)
  }
  const settings = Object.fromEntries(merged)
  await ownerPool.query('update installed_plugins set settings = $2, updated_at = now() where id = $1', [
    id,
    JSON.stringify(settings),
  ])
  return settings
}
