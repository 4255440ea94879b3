import { notFound, staleVersion } from '../declare/rules/user-errors.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { UnitOfWork } from '../request/context.ts'
import { operationName, writerOf } from './input/writer.ts'
import { lock } from './rows/lock.ts'
import { updateRow } from './rows/row-statements.ts'
import { applyRules, runAfter } from './rules/apply-rules.ts'
import type { Written } from './write-update.ts'
import { stamps } from './write-update.ts'

/** Puts a record away, or takes it back. */
export async function setDeleted(
  work: UnitOfWork,
  object: ObjectType,
  id: string | null,
  version: unknown,
  isDeleted: boolean,
): Promise<Written> {
  const writer = writerOf(work.context.runtime.registry, object)
  const locked = id === null ? null : await lock(work, writer, id, {}, 'delete')
  const isThere = locked && (locked.row['deletedAt'] === null) === isDeleted
  if (id === null || !locked || !isThere) return { id: null, errors: [notFound(['input', 'id'], object.name)] }
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
  const deletedAt = isDeleted ? work.now : null
  const next = Number(locked.row['version']) + 1
  await updateRow(work.transaction, object.model, id, {
    ...ruled.write.values,
    deletedAt,
    ...stamps(work, object, next),
  })
  const changes = { deletedAt: { from: plainInstant(locked.row['deletedAt']), to: plainInstant(deletedAt) } }
  work.log.push({
    operation: isDeleted ? 'DELETED' : 'RESTORED',
    type: object.name,
    recordId: id,
    version: next,
    changes,
  })
  await runAfter(work, writer, ruled.write)
  return { id, errors: [] }
}

function plainInstant(value: unknown): string | null {
  return value instanceof Date ? value.toISOString() : null
}
