import type { z } from 'zod'
import type { Plugin } from '../declare/plugin.ts'

type Values = Readonly<Record<string, unknown>>

/** The settings of a plugin as the database holds them, not yet parsed. */
export interface StoredSettings {
  /** Settings that the operator set for the installation. */
  readonly installation: Values
  /** Settings that administrators set for the workspace. */
  readonly workspace: Values
}

const NOTHING_SET: StoredSettings = { installation: {}, workspace: {} }

/**
 * Parses the settings of a workspace. A setting that the workspace has not set has the value that the operator set
 * under the same name, otherwise the schema's default.
 * @throws ZodError when the stored values do not match the schema.
 */
export function parseWorkspaceSettings<Schema extends z.ZodObject>(
  schema: Schema,
  { installation, workspace }: StoredSettings,
): z.infer<Schema> {
  const applicable = Object.entries(installation).filter(([name]) => Object.hasOwn(schema.shape, name))
  return schema.parse({ ...Object.fromEntries(applicable), ...workspace })
}

/**
 * Returns the function by which code of a plugin that can't wait for the database, such as the SQL of a field, reads
 * the plugin's settings of the workspace: they came with the actor. They are parsed at each call.
 * @param stored Settings of all plugins that are in use, by plugin id.
 */
export function settingsReader(
  plugin: Plugin,
  stored: Readonly<Record<string, StoredSettings>>,
): <Schema extends z.ZodObject>(schema: Schema) => z.infer<Schema> {
  return (schema) => {
    if (schema !== plugin.settings?.workspace)
      throw new Error(`The plugin ${plugin.id} declares no settings by this schema. Pass its \`settings.workspace\`.`)
    return parseWorkspaceSettings(schema, stored[plugin.id] ?? NOTHING_SET)
  }
}
