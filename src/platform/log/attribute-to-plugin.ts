import type { LogEntry } from '../declare/change.ts'
import type { Plugin } from '../declare/plugin.ts'

/**
 * Runs a write of a plugin's code and marks what it appended to the log as done by the plugin. What other plugins' code wrote
 * within it is marked already. Core's modules are no plugins to the audit.
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
