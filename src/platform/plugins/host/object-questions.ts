import type { PluginContext } from '../../declare/plugin-context.ts'
import { decodeRecordId } from '../../declare/record-id.ts'
import { forbidden } from '../../permissions/forbidden.ts'
import { canReadFieldOfAllRecords } from '../../permissions/guard.ts'
import type { Registry } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import type { Grantee } from '../../request/actor.ts'

/** A uuid that no record has. */
const NO_RECORD = '00000000-0000-0000-0000-000000000000'

/** Returns the parts of a plugin's context that ask for fields and ids of objects by their names. */
export function objectQuestions(
  registry: Registry,
  actor: Grantee,
): Pick<PluginContext, 'canRead' | 'requireRead' | 'uuidOf'> {
  const canRead = (name: string, field: string) => canReadFieldOfAllRecords(actor, objectNamed(registry, name), field)
  return {
    canRead,
    requireRead(fields, what) {
      for (const [name, ...names] of fields)
        for (const field of names)
          if (!canRead(name, field)) throw forbidden(`${objectNamed(registry, name).singular}.${field}:read`, what)
    },
    uuidOf: (name, id) => decodeRecordId(id, objectNamed(registry, name).prefix) ?? NO_RECORD,
  }
}
