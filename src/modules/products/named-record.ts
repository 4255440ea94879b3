import type { PluginContext } from '../../platform/declare/plugin-context.ts'
import { decodeRecordId } from '../../platform/declare/record-id.ts'
import { objectNamed } from '../../platform/registry/registry.ts'
import { workOf } from '../../platform/request/plugin-work.ts'

/** A uuid that no record has. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

/**
 * Returns the uuid in an argument that names a record. For an id that is malformed or has another type it is one that no record
 * has: such an id looks like that of a record that does not exist.
 */
export function uuidOf(context: PluginContext, object: string, id: string): string {
  const { prefix } = objectNamed(workOf(context).context.runtime.registry, object)
  return decodeRecordId(id, prefix) ?? NOBODY
}
