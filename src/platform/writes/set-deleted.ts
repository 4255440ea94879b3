import { notFound, staleVersion } from '../declare/rules/user-errors.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { UnitOfWork } from '../request/context.ts'
import { operationName, writerOf } from './input/writer.ts'
import { deletedTarget } from './references/deleted-targets.ts'
import { isRestricted, stillReferredTo } from './references/still-referred-to.ts'
import { lock } from './rows/lock.ts'
import { updateRow } from './rows/row-statements.ts'
import { rememberingWrite } from './rows/violated-write.ts'
import { applyRules, runAfter } from './rules/apply-rules.ts'
import type { WriteResult } from './write-update.ts'
import { updateStamps } from './write-update.ts'

/**
 * Soft-deletes a record, or restores it. Neither happens when a record that is not soft-deleted would then refer to one
 * that is, by a relation with `onDelete: Restrict`.
 * @param id uuid of the record; null when the id that the client sent is not an id of this object.
 * @param version Version of the record that the client has. When it is not the stored version, the result has an error.
 * Not checked when undefined or null.
 * @param isDeleted True to soft-delete the record, false to restore it.
 */
export async function setDeleted(
  work: UnitOfWork,
  object: ObjectType,
  id: string | null,
  version: unknown,
  isDeleted: boolean,
): Promise<WriteResult> {
  const writer = writerOf(work.context.runtime.registry, object)
  const strength = isDeleted && isRestricted(work, object) ? 'delete' : 'update'
  // The permission to delete includes the permission to restore.
  const locked = id === null ? null : await lock(work, writer, id, {}, 'delete', strength)
  // Only a record that is not soft-deleted can be soft-deleted, and only a soft-deleted record can be restored.
  const isApplicable = locked && (locked.row['deletedAt'] === null) === isDeleted
  if (id === null || !locked || !isApplicable) return { id: null, errors: [notFound(['input', 'id'], object.name)] }
  if (version !== undefined && version !== null && locked.row['version'] !== version)
    return { id: null, errors: [staleVersion(Number(locked.row['version']), [])] }
  const kind = isDeleted ? 'delete' : 'restore'
  const ruled = await applyRules(work, writer, {
    kind,
    operation: operationName(object, kind),
    id,
    before: locked.row,
    values: {},
    items: new Map(),
  })
  if (ruled.refusals.length > 0) return { id: null, errors: ruled.refusals }
  const restricted = isDeleted ? await stillReferredTo(work, object, id) : await deletedTarget(work, writer, locked, id)
  if (restricted) return { id: null, errors: [restricted] }
  const deletedAt = isDeleted ? work.now : null
  const nextVersion = Number(locked.row['version']) + 1
  const values = { ...ruled.write.values, deletedAt, ...updateStamps(work, object, nextVersion) }
  await rememberingWrite(writer, null, () => updateRow(work.transaction, object.model, id, values))
  const changes = { deletedAt: { from: instantText(locked.row['deletedAt']), to: instantText(deletedAt) } }
  work.log.push({
    operation: isDeleted ? 'DELETED' : 'RESTORED',
    type: object.name,
    recordId: id,
    version: nextVersion,
    changes,
  })
  await runAfter(work, writer, [ruled.write])
  return { id, errors: [] }
}

/** Returns a timestamp as ISO 8601 text, or null. */
function instantText(value: unknown): string | null {
  return value instanceof Date ? value.toISOString() : null
}
