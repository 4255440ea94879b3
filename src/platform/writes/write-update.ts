import { awaitAll } from '../async/await-all.ts'
import type { PendingWrite } from '../declare/rules/rule.ts'
import type { UserError } from '../declare/rules/user-errors.ts'
import type { Values } from '../declare/rules/values.ts'
import { actNamed } from '../registry/acts.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { UnitOfWork } from '../request/context.ts'
import type { InputSpec } from './input/input-specs.ts'
import { existingColumns, loggedSpecs, type ObjectWriter, operationName } from './input/writer.ts'
import { transferErrors } from './own-access.ts'
import { requireTargets } from './references/deleted-targets.ts'
import { itemsOf, type LockedRecord } from './rows/lock.ts'
import { deleteRows, insertRows, updateRow } from './rows/row-statements.ts'
import { difference, snapshotOf } from './rows/snapshot.ts'
import { inputFieldsOf, rememberingWrite } from './rows/violated-write.ts'
import { applyRules, runAfter } from './rules/apply-rules.ts'

/** The result of a write of one record. */
export interface WriteResult {
  /** uuid of the record; null when it was not written because of errors. */
  readonly id: string | null
  readonly errors: readonly UserError[]
}

/**
 * Runs the rules on an update of a locked record, writes the values with the rules' patches, and logs the change.
 * Writes nothing when a rule refuses, when the caller may not change the owner (see `transferErrors`), or when no value
 * changes.
 * @param detail Column values to write to the variant's detail table. Rules do not get them.
 */
export async function writeUpdate(
  work: UnitOfWork,
  writer: ObjectWriter,
  locked: LockedRecord,
  pending: PendingWrite,
  detail: Values,
): Promise<WriteResult> {
  const { object } = writer
  const { registry } = work.context.runtime
  const errors = await transferErrors(work, object, pending)
  if (errors.length > 0) return { id: null, errors }
  const ruled = await applyRules(work, writer, pending)
  if (ruled.refusals.length > 0) return { id: null, errors: ruled.refusals }
  const specs = loggedSpecs(writer, locked.kind)
  // `locked.items` has the stored items of the fields that the caller sent. The stored items of fields that only a rule
  // has set are read here, to compare them.
  const patchedFields = [...ruled.write.items.keys()].filter((field) => !locked.items.has(field))
  const read = patchedFields.length > 0 ? await itemsOf(work, writer, pending.id, patchedFields) : []
  const stored = new Map([...locked.items, ...read])
  const after = { ...locked.row, ...ruled.write.values, ...detail }
  const changes = difference(
    snapshotOf(registry, specs, locked.row, stored),
    snapshotOf(registry, specs, after, ruled.write.items),
  )
  // A rule may also change a column that no field of the API publishes. `changes` does not contain such a column, but
  // the record has to be updated then too.
  const hasNewItems = (field: string) =>
    changes[field] !== undefined || hasOtherItems(stored.get(field), ruled.write.items.get(field))
  if (
    Object.keys(changes).length === 0 &&
    !hasOtherChange(locked.row, ruled.write.values) &&
    ![...ruled.write.items.keys()].some(hasNewItems)
  )
    return { id: pending.id, errors: [] }
  const version = Number(locked.row['version']) + 1
  const { transaction } = work
  const detailType = object.variants.get(String(locked.kind))?.detail
  const itemRows = (spec: InputSpec) =>
    spec.kind === 'items' && hasNewItems(spec.name) ? ruled.write.items.get(spec.name) : undefined
  const statements = [
    requireTargets(work, writer, [
      { model: object.model, rows: [changedValues(locked.row, ruled.write.values)] },
      ...(detailType ? [{ model: detailType.model, rows: [changedValues(locked.row, detail)] }] : []),
      ...writer.specs.flatMap((spec) =>
        spec.kind === 'items' ? [{ model: spec.items.model, rows: itemRows(spec) ?? [] }] : [],
      ),
    ]),
    updateRow(transaction, object.model, pending.id, { ...ruled.write.values, ...updateStamps(work, object, version) }),
  ]
  if (detailType && Object.keys(detail).length > 0)
    statements.push(updateRow(transaction, detailType.model, pending.id, detail))
  for (const spec of writer.specs) {
    const rows = itemRows(spec)
    if (spec.kind !== 'items' || !rows) continue
    // A list of items replaces all stored items.
    statements.push(deleteRows(transaction, spec.items.model, spec.items.parent, pending.id))
    if (rows.length > 0) {
      statements.push(
        insertRows(
          transaction,
          spec.items.model,
          rows.map((row) => ({ ...row, [spec.items.parent.name]: pending.id })),
        ),
      )
    }
  }
  await rememberingWrite(writer, sentFields(work, writer, pending), () => awaitAll(statements))
  work.log.push({ operation: 'UPDATED', type: object.name, recordId: pending.id, version, changes })
  await runAfter(work, writer, [ruled.write])
  return { id: pending.id, errors: [] }
}

/**
 * Returns the input fields that the caller has set: null for a business act, whose values come from its code, and none for
 * columns that a plugin's code sets.
 */
function sentFields(
  { context }: UnitOfWork,
  writer: ObjectWriter,
  { operation, values, items }: PendingWrite,
): readonly string[] | null {
  if (operation === operationName(writer.object, 'update'))
    return [...inputFieldsOf(writer, Object.keys(values)), ...items.keys()]
  return actNamed(context.runtime.registry, operation) ? null : []
}

/** Returns the values that differ from the stored row, `before`. */
function changedValues(before: Values, values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => before[name] !== value))
}

/** Whether one of the values differs from the value of its column in the stored row, `before`. */
function hasOtherChange(before: Values, values: Values): boolean {
  return Object.entries(values).some(
    ([name, value]) =>
      JSON.stringify(before[name] ?? null) !== JSON.stringify(value ?? null) && !isSameAmount(before[name], value),
  )
}

/** Whether a rule set a column of items that clients can't write, such as a computed total, to another value. */
function hasOtherItems(stored: readonly Values[] = [], written: readonly Values[] = stored): boolean {
  if (stored.length !== written.length) return true
  return written.some(({ id: _, ...row }, index) => hasOtherChange(stored[index] ?? {}, row))
}

/** Whether two texts are the same decimal number, such as `5` and `5.00`. */
function isSameAmount(one: unknown, other: unknown): boolean {
  return (
    typeof one === 'string' &&
    typeof other === 'string' &&
    one.trim() !== '' &&
    Number(one) === Number(other) &&
    /^-?[\d.]+$/.test(one)
  )
}

/** Returns the column values that every update sets: version, time and actor, without columns that the object lacks. */
export function updateStamps(work: UnitOfWork, object: ObjectType, version: number): Values {
  return existingColumns(object, { version, updatedAt: work.now, updatedById: work.context.actor.id })
}
