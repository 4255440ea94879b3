import type { ComputedField, RowType } from '../../declare/objects/fields.ts'
import { GUARDED_BY_PARENT } from '../../permissions/guard.ts'
import type { Answer } from '../../reads/reading.ts'
import { CompositionError } from '../../registry/composition-error.ts'
import { claimType, ownedBy } from '../name-claims.ts'
import type { OutputField, TypeStore } from '../types.ts'
import { outputFields } from './output-fields.ts'

/**
 * Defines the type of the rows of a `rows` field (a plain list that SQL returns). The values are read with the list.
 * @throws CompositionError for an amount of money whose currency column does not exist.
 */
export function defineRow(store: TypeStore, row: RowType, pluginId: string): void {
  const { name, description, columns } = row
  claimType(store.claims, name, pluginId, row)
  if (store.outputs.has(name)) return
  for (const [field, column] of Object.entries(columns))
    if (column.type === 'Money' && !columns[column.currency])
      throw new CompositionError(
        `${pluginId}: ${name}.${field} has its currency in ${column.currency}, which is not a column of ${name}.`,
      )
  const fields = Object.entries(columns).map(
    ([field, { type, description, isRequired }]): OutputField => ({
      name: field,
      description,
      type,
      list: 'no',
      isNullable: isRequired !== true,
      guard: GUARDED_BY_PARENT,
    }),
  )
  const ref = store.builder.objectRef<Answer>(name)
  store.outputs.set(name, ref)
  ref.implement({ ...ownedBy(store.registry, pluginId), description, fields: (t) => outputFields(store, t, fields) })
}

/** Whether a computed field is nullable. A field that requires a permission is null for callers without it. */
export function isComputedNullable({ isRequired, permission }: ComputedField): boolean {
  return isRequired !== true || permission !== undefined
}
