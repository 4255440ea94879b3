import { requireImportable, requireLookup } from '../permissions/field-use.ts'
import type { Grantee } from '../request/actor.ts'
import type { FieldTarget } from './field-targets.ts'
import type { ImportPlan } from './plan-import.ts'

/**
 * Throws FORBIDDEN unless the caller may read every field that the import sets or looks records up by. Otherwise the
 * outcome of a row (UPDATED or UNCHANGED) would reveal the field's current value.
 */
export function requireReadableFields(actor: Grantee, { object, writer, columns, constants, key }: ImportPlan): void {
  const targets: FieldTarget[] = [...columns, ...constants].map(({ target }) => target)
  for (const { field, leaf } of [...targets, ...key]) {
    const spec = writer.specs.find(({ name }) => name === field)
    requireImportable({ actor }, object, spec?.field ?? field)
    if (leaf.kind === 'lookup') requireLookup({ actor }, leaf.object, leaf.column.name)
  }
}
