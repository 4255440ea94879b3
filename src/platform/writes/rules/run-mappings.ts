import type { Values } from '../../declare/rules/values.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { runPart } from '../../sandbox/run-part.ts'
import { frozenCopy } from './frozen-copy.ts'

/** Milliseconds that a mapping of a plugin may take. */
const BUDGET_MS = 1_000

/**
 * Returns the input fields that a record gets from another record of which it is made, by the mappings of core and of the
 * plugins that the workspace uses.
 * @param from Object of the record that is there.
 * @param to Object of the record that is made of it.
 * @param record Stored row of the record that is there.
 * @throws PluginFailedError when a mapping of a plugin throws, takes too long, or does not return an object.
 */
export async function mappedInput(work: UnitOfWork, from: string, to: string, record: Values): Promise<Values> {
  const input: Record<string, unknown> = {}
  for (const plugin of work.context.runtime.registry.plugins)
    for (const mapping of plugin.mappings ?? []) {
      if (mapping.from !== from || mapping.to !== to) continue
      const run = async (context: Parameters<typeof mapping.values>[1]) => {
        const values: unknown = await mapping.values(frozenCopy(record), context)
        if (values === null || typeof values !== 'object') throw new Error('It returned no object with input fields.')
        return Object.entries(values)
      }
      for (const [field, value] of await runPart(work, plugin, mapping.name, BUDGET_MS, run, { isReadOnly: true }))
        if (value !== undefined && value !== null) input[field] ??= value
    }
  return input
}
