import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import type { Values } from '../../../platform/declare/rules/values.ts'
import { objectNamed } from '../../../platform/registry/registry.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { writerOf } from '../../../platform/writes/input/writer.ts'
import { lock } from '../../../platform/writes/rows/lock.ts'
import { snapshotOf } from '../../../platform/writes/rows/snapshot.ts'

/**
 * Returns those fields of an input that have no value in a stored record: no text, no record, no item. Locks the record until the
 * end of the transaction. Fields that the caller may not read count too: their values are not overwritten.
 * @param id uuid of a record that the caller sees.
 * @throws GraphQLError FORBIDDEN when the caller may not update the record.
 */
export async function emptyFields(context: PluginContext, name: string, id: string, input: Values): Promise<Values> {
  const work = workOf(context)
  const { registry } = work.context.runtime
  const writer = writerOf(registry, objectNamed(registry, name))
  const locked = await lock(work, writer, id, input, 'update')
  if (!locked) throw new Error(`The ${name} ${id}, which was just read, is not there.`)
  const stored = snapshotOf(registry, writer.specs, locked.row, locked.items)
  return Object.fromEntries(Object.entries(input).filter(([field]) => isEmpty(stored[field])))
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
}
