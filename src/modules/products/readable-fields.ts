import type { PluginContext } from '../../platform/declare/plugin-context.ts'
import { forbidden } from '../../platform/permissions/forbidden.ts'
import { canReadFieldOfAllRecords } from '../../platform/permissions/guard.ts'
import { objectNamed } from '../../platform/registry/registry.ts'
import { workOf } from '../../platform/request/plugin-work.ts'

/**
 * Throws FORBIDDEN unless the caller may read each of the fields on all records that they see. For an answer that is computed
 * from the fields: whoever may not read one of them could learn it from the answer.
 * @param objects Objects, each with the names of its fields.
 * @param what What the fields are needed for, for the message.
 */
export function requireReadable(
  context: PluginContext,
  objects: readonly (readonly [object: string, ...fields: string[]])[],
  what: string,
): void {
  const { actor, runtime } = workOf(context).context
  for (const [name, ...fields] of objects) {
    const object = objectNamed(runtime.registry, name)
    for (const field of fields)
      if (!canReadFieldOfAllRecords(actor, object, field)) throw forbidden(`${object.singular}.${field}:read`, what)
  }
}
