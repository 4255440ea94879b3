import { requireReadableField } from '../permissions/guard.ts'
import type { Grantee } from '../request/actor.ts'
import type { FieldTarget } from './field-targets.ts'
import type { ImportPlan } from './plan-import.ts'

/**
 * Throws FORBIDDEN unless the caller may read each field that the import sets or looks records up by: whether a row changes
 * something tells the value that is there.
 */
export function requireReadableFields(actor: Grantee, { object, writer, columns, constants, key }: ImportPlan): void {
  const targets: FieldTarget[] = [...columns, ...constants].map(({ target }) => target)
  for (const { field, leaf } of [...targets, ...key]) {
    const spec = writer.specs.find(({ name }) => name === field)
    requireReadableField(actor, object, spec?.field ?? field, 'Importing')
    if (leaf.kind === 'lookup') requireReadableField(actor, leaf.object, leaf.column.name, 'Looking records up')
  }
}
