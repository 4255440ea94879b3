import { invalid, notFound } from '../declare/rules/user-errors.ts'
import type { Values } from '../declare/rules/values.ts'
import { startFinding } from '../reads/start-reading.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { UnitOfWork } from '../request/context.ts'
import { type ParsedInput, parseInput } from './input/parse.ts'
import { missingTargets } from './input/targets.ts'
import { type ObjectWriter, operationName, variantKey, writerOf } from './input/writer.ts'
import { type LockedRecord, lock } from './rows/lock.ts'
import { staleVersionError } from './stale.ts'
import type { LimitedField } from './writable.ts'
import { requireFieldAccess, requireWritable } from './writable.ts'
import type { WriteResult } from './write-update.ts'
import { writeUpdate } from './write-update.ts'

/**
 * Updates the fields of a record that the input contains. When the version in the input is not the stored version,
 * nothing is changed and the error contains the conflicts.
 * @param id uuid of the record; null when the id that the client sent is not an id of this object.
 */
export async function updateRecord(
  work: UnitOfWork,
  object: ObjectType,
  id: string | null,
  input: Values,
): Promise<WriteResult> {
  const writer = writerOf(work.context.runtime.registry, object)
  const locked = id === null ? null : await lock(work, writer, id, input, 'update')
  if (id === null || !locked || locked.row['deletedAt'])
    return { id: null, errors: [notFound(['input', 'id'], object.name)] }
  const limitedFields = requireWritable(work, object, writer.specs, input, 'update')
  const { parsed, detail, limitedFields: limitedInDetail } = parseUpdate(work, writer, locked, input)
  await requireFieldAccess(work, object, [id], [...limitedFields, ...limitedInDetail], 'update')
  const stale = await staleVersionError(work, writer, locked, id, input, parsed, detail.values)
  if (stale) return { id: null, errors: [stale] }
  const reading = startFinding(work.context)
  const errors = [
    ...parsed.errors,
    ...detail.errors,
    ...(await missingTargets(work, reading, [...parsed.targets, ...detail.targets])),
  ]
  if (errors.length > 0) return { id: null, errors }
  return writeUpdate(
    work,
    writer,
    locked,
    {
      kind: 'update',
      operation: operationName(object, 'update'),
      id,
      before: locked.row,
      values: parsed.values,
      items: parsed.items,
    },
    detail.values,
  )
}

/** Parses the fields of an update. Also checks that the caller may write the fields of the record's variant. */
function parseUpdate(
  work: UnitOfWork,
  writer: ObjectWriter,
  locked: LockedRecord,
  input: Values,
): { readonly parsed: ParsedInput; readonly detail: ParsedInput; readonly limitedFields: readonly LimitedField[] } {
  const { registry } = work.context.runtime
  const parsed = parseInput(registry, writer.specs, input, ['input'])
  const detail: ParsedInput = { values: {}, items: new Map(), targets: [], errors: [] }
  const limitedFields: LimitedField[] = []
  for (const variant of writer.object.variants.values()) {
    const value = input[variantKey(variant)]
    if (value === undefined || value === null) continue
    if (variant.kind !== locked.kind)
      detail.errors.push(invalid(['input', variantKey(variant)], `The record is not of the type ${variant.name}.`))
    else {
      const specs = writer.details.get(variant.kind) ?? []
      const variantInput: Values = Object.fromEntries(Object.entries(value))
      limitedFields.push(...requireWritable(work, writer.object, specs, variantInput, 'update'))
      const parsedVariant = parseInput(registry, specs, variantInput, ['input', variantKey(variant)])
      Object.assign(detail.values, parsedVariant.values)
      detail.errors.push(...parsedVariant.errors)
      detail.targets.push(...parsedVariant.targets)
    }
  }
  return { parsed, detail, limitedFields }
}
