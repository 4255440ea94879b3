import { invalid, notFound } from '../declare/rules/user-errors.ts'
import type { Values } from '../declare/rules/values.ts'
import { startFinding } from '../reads/start-reading.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { UnitOfWork } from '../request/context.ts'
import { type Parsed, parseInput } from './input/parse.ts'
import { missingTargets } from './input/targets.ts'
import { type ObjectWriter, operationName, variantKey, writerOf } from './input/writer.ts'
import { type Locked, lock } from './rows/lock.ts'
import { staleness } from './stale.ts'
import type { LimitedField } from './writable.ts'
import { requireFieldAccess, requireWritable } from './writable.ts'
import type { Written } from './write-update.ts'
import { writeUpdate } from './write-update.ts'

/** Updates the fields that the input holds. A stale version changes nothing and tells the conflicts. */
export async function updateRecord(
  work: UnitOfWork,
  object: ObjectType,
  id: string | null,
  input: Values,
): Promise<Written> {
  const writer = writerOf(work.context.runtime.registry, object)
  const locked = id === null ? null : await lock(work, writer, id, input, 'update')
  if (id === null || !locked || locked.row['deletedAt'])
    return { id: null, errors: [notFound(['input', 'id'], object.name)] }
  const limited = requireWritable(work, object, writer.specs, input, 'update')
  const { parsed, detail, limited: inDetail } = parseUpdate(work, writer, locked, input)
  await requireFieldAccess(work, object, [id], [...limited, ...inDetail], 'update')
  const stale = await staleness(work, writer, locked, id, input, parsed, detail.values)
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

function parseUpdate(
  work: UnitOfWork,
  writer: ObjectWriter,
  locked: Locked,
  input: Values,
): { readonly parsed: Parsed; readonly detail: Parsed; readonly limited: readonly LimitedField[] } {
  const { registry } = work.context.runtime
  const parsed = parseInput(registry, writer.specs, input, ['input'])
  const detail: Parsed = { values: {}, items: new Map(), targets: [], errors: [] }
  const limited: LimitedField[] = []
  for (const variant of writer.object.variants.values()) {
    const own = input[variantKey(variant)]
    if (own === undefined || own === null) continue
    if (variant.kind !== locked.kind)
      detail.errors.push(invalid(['input', variantKey(variant)], `The record is no ${variant.name}.`))
    else {
      const specs = writer.details.get(variant.kind) ?? []
      const given: Values = Object.fromEntries(Object.entries(own))
      limited.push(...requireWritable(work, writer.object, specs, given, 'update'))
      const read = parseInput(registry, specs, given, ['input', variantKey(variant)])
      Object.assign(detail.values, read.values)
      detail.errors.push(...read.errors)
      detail.targets.push(...read.targets)
    }
  }
  return { parsed, detail, limited }
}
