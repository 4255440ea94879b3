import { sql } from '../../platform/data/sql.ts'
import type { Plugin } from '../../platform/declare/plugin.ts'
import { defineOperation } from '../../platform/declare/rules/operation.ts'
import { invalid, notFound, type UserError } from '../../platform/declare/rules/user-errors.ts'
import { logActivationChange, readActivations } from '../../platform/plugins/host/activation.ts'
import { workOf } from '../../platform/request/plugin-work.ts'
import { describePlugin } from './describe-plugins.ts'
import { pluginPayload } from './plugin-type.ts'

export const updatePluginSettings = defineOperation({
  name: 'updatePluginSettings',
  description:
    "Updates a plugin's settings and secrets in this workspace. Settings and secrets that are left out stay unchanged.",
  permission: 'plugin:update',
  input: {
    pluginId: { type: 'String', isRequired: true, description: 'Id of the plugin, such as `nonprofit`.' },
    settings: { type: 'JSON', description: 'Settings to change, by name; null resets a setting to its default.' },
    secrets: {
      type: 'JSON',
      description: 'Secrets to set, by name. A secret is a text of 1 to 10,000 characters; null removes it.',
    },
  },
  payload: pluginPayload,
  async run(input, context) {
    const work = workOf(context)
    const plugin = await work.context.runtime.host.find(String(input['pluginId']))
    const activation = (await readActivations(work, { lock: true })).get(String(input['pluginId']))
    if (!plugin || !activation)
      return {
        values: { plugin: null },
        userErrors: [notFound(['input', 'pluginId'], 'A plugin with this id, which this workspace uses,')],
      }
    const settings = withoutNulls({ ...activation.settings, ...recordOf(input['settings']) })
    const secrets = recordOf(input['secrets'])
    const userErrors = [...settingErrors(plugin, settings), ...secretErrors(plugin, secrets)]
    if (userErrors.length > 0) return { values: { plugin: null }, userErrors }
    // The log and the audit record that a secret was changed, but not its value.
    await logActivationChange(work, activation, {
      settings: { from: activation.settings, to: settings },
      ...Object.fromEntries(Object.keys(secrets).map((name) => [`secrets.${name}`, { from: '…', to: '…' }])),
    })
    await work.transaction.query(
      sql`update plugin_activations set settings = ${JSON.stringify(settings)}::jsonb,
            secrets = jsonb_strip_nulls(secrets || ${JSON.stringify(secrets)}::jsonb)
          where workspace_id = ${work.transaction.workspaceId}::uuid and id = ${activation.id}::uuid`,
    )
    return { values: { plugin: await describePlugin(work, plugin.id) }, userErrors: [] }
  },
})

function settingErrors(plugin: Plugin, settings: Readonly<Record<string, unknown>>): UserError[] {
  const schema = plugin.settings?.workspace
  if (!schema)
    return Object.keys(settings).length > 0 ? [invalid(['input', 'settings'], `${plugin.id} has no settings.`)] : []
  const { error } = schema.strict().safeParse(settings)
  return (error?.issues ?? []).map(({ path, message }) => invalid(['input', 'settings', ...path.map(String)], message))
}

function secretErrors(plugin: Plugin, secrets: Readonly<Record<string, unknown>>): UserError[] {
  const known = plugin.settings?.secrets ?? {}
  return Object.entries(secrets).flatMap(([name, value]) => {
    if (!(name in known)) return [invalid(['input', 'secrets', name], `${plugin.id} has no secret ${name}.`)]
    const isFit = value === null || (typeof value === 'string' && value !== '' && value.length <= 10_000)
    return isFit ? [] : [invalid(['input', 'secrets', name], 'A secret is a text of 1 to 10,000 characters, or null.')]
  })
}

function recordOf(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {}
}

function withoutNulls(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
}
