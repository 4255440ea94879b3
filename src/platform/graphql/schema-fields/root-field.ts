import type { Plugin } from '../../declare/plugin.ts'
import type { FieldRun } from '../../reads/reading.ts'
import { pluginResolution } from '../../reads/schema-fields/plugin-resolution.ts'

/**
 * Returns how a root query field of a plugin's `schema` runs: its `resolve` runs together with the plugin's other fields
 * of the answer, after the statement of the request.
 */
export function runSchemaField(plugin: Plugin, name: string): FieldRun {
  return async ({ reading, group, args }) => {
    const field = reading.schema.getQueryType()?.getFields()[name]
    if (!field) throw new Error(`Query.${name} is not in the schema.`)
    return pluginResolution(reading, plugin).add({ typeName: 'Query', field, parent: {}, args, group })
  }
}
