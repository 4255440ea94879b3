import { awaitAll } from '../async/await-all.ts'
import type { PendingWrite } from '../declare/rules/rule.ts'
import type { UserError } from '../declare/rules/user-errors.ts'
import type { Values } from '../declare/rules/values.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { UnitOfWork } from '../request/context.ts'
import { loggedSpecs, type ObjectWriter, stamped } from './input/writer.ts'
import { transferErrors } from './own-access.ts'
import { itemsOf, type Locked } from './rows/lock.ts'
import { deleteRows, insertRows, updateRow } from './rows/row-statements.ts'
import { difference, snapshotOf } from './rows/snapshot.ts'
import { applyRules, runAfter } from './rules/apply-rules.ts'

/** What became of a write to one record. */
export interface Written {
  readonly id: string | null
  readonly errors: readonly UserError[]
}

/**
 * Runs the rules on an update of a locked record, writes what they leave of it and logs the change. Writes nothing when a rule
 * refuses, or when no value changes.
 */
export async function writeUpdate(
  work: UnitOfWork,
  writer: ObjectWriter,
  locked: Locked,
  pending: PendingWrite,
  detail: Values,
): Promise<Written> {
  const { object } = writer
  const { registry } = work.context.runtime
  const kept = await transferErrors(work, object, pending)
  if (kept.length > 0) return { id: null, errors: kept }
  const ruled = await applyRules(work, writer, pending)
  if (ruled.refusals.length > 0) return { id: null, errors: ruled.refusals }
  const specs = loggedSpecs(writer, locked.kind)
  // Parts that the caller left alone and a rule did not.
  const patched = [...ruled.write.items.keys()].filter((field) => !locked.items.has(field))
  const items = patched.length > 0 ? await itemsOf(work, writer, pending.id, patched) : []
  const after = { ...locked.row, ...ruled.write.values, ...detail }
  const changes = difference(
    snapshotOf(registry, specs, locked.row, new Map([...locked.items, ...items])),
    snapshotOf(registry, specs, after, ruled.write.items),
  )
  // Columns that rules keep in step, such as a primary address, are no input; they change only with one.
  if (Object.keys(changes).length === 0 && !hasOtherChange(locked.row, ruled.write.values))
    return { id: pending.id, errors: [] }
  const next = Number(locked.row['version']) + 1
  const { transaction } = work
  const own = object.variants.get(String(locked.kind))?.detail
  const sent = [
    updateRow(transaction, object.model, pending.id, { ...ruled.write.values, ...stamps(work, object, next) }),
  ]
  if (own && Object.keys(detail).length > 0) sent.push(updateRow(transaction, own.model, pending.id, detail))
  for (const spec of writer.specs) {
    const rows = spec.kind === 'items' && changes[spec.name] ? ruled.write.items.get(spec.name) : undefined
    if (spec.kind !== 'items' || !rows) continue
    sent.push(deleteRows(transaction, spec.items.model, spec.items.parent, pending.id))
    if (rows.length > 0) {
      sent.push(
        insertRows(
          transaction,
          spec.items.model,
          rows.map((row) => ({ ...row, [spec.items.parent.name]: pending.id })),
        ),
      )
    }
  }
  await awaitAll(sent)
  work.log.push({ operation: 'UPDATED', type: object.name, recordId: pending.id, version: next, changes })
  await runAfter(work, writer, ruled.write)
  return { id: pending.id, errors: [] }
}

function hasOtherChange(before: Values, values: Values): boolean {
  return Object.entries(values).some(
    ([name, value]) =>
      JSON.stringify(before[name] ?? null) !== JSON.stringify(value ?? null) && !isSameAmount(before[name], value),
  )
}

function isSameAmount(one: unknown, other: unknown): boolean {
  return (
    typeof one === 'string' &&
    typeof other === 'string' &&
    one.trim() !== '' &&
    Number(one) === Number(other) &&
    /^-?[\d.]+$/.test(one)
  )
}

/** Version, time and actor of an update, as far as the object has them. */
export function stamps(work: UnitOfWork, object: ObjectType, version: number): Values {
  return stamped(object, { version, updatedAt: work.now, updatedById: work.context.actor.id })
}
