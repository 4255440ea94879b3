import type { LogEntry } from '../declare/change.ts'
import type { Plugin } from '../declare/plugin.ts'

/**
 * Runs a write of a plugin's code and attributes the entries that it appended to `log` to the plugin. An entry that the
 * code of another plugin wrote within this write already names that plugin and is not changed. When `plugin` is a
 * module of core, the entries get no plugin.
 */
export async function attributeToPlugin<Result>(
  plugin: Plugin,
  log: LogEntry[],
  write: () => Promise<Result>,
): Promise<Result> {
  const start = log.length
  const result = await write()
  if (plugin.isCore) return result
  for (const [offset, entry] of log.slice(start).entries())
    if (entry.plugin === undefined) log[start + offset] = { ...entry, plugin: plugin.id }
  return result
}
