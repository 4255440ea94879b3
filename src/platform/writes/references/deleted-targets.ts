import type { Column, Model } from '../../data/models/models.ts'
import { invalid, notFound, type UserError } from '../../declare/rules/user-errors.ts'
import type { Values } from '../../declare/rules/values.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { idColumn, type ObjectWriter } from '../input/writer.ts'
import type { LockedRecord } from '../rows/lock.ts'
import { selectRows } from '../rows/row-statements.ts'
import { inputFieldOf } from '../rows/violated-write.ts'
import { objectNameOf, restrictedKey } from './restricting.ts'

/** Table rows that are written. */
export interface WrittenRows {
  readonly model: Model
  /** Column values of each row, by the model's field names. */
  readonly rows: readonly Values[]
}

/** A reference to a record that is soft-deleted, by a relation with `onDelete: Restrict`. */
interface DeletedTarget {
  /** Model of the record. */
  readonly target: Model
  /** Model of the row that refers to it, and the column with the record's id. */
  readonly model: Model
  readonly key: Column
}

/** Records would refer to a soft-deleted record by a relation with `onDelete: Restrict`. */
export class DeletedTargetError extends Error {
  override readonly name = 'DeletedTargetError'
  readonly userError: UserError

  constructor(userError: UserError) {
    super(userError.message)
    this.userError = userError
  }
}

/**
 * Locks the records to which rows refer by relations with `onDelete: Restrict`, so that no other transaction deletes them
 * meanwhile. Sends one statement for each table of such records; none when there are none.
 * @throws DeletedTargetError when one of them is soft-deleted. The input names records that exist, but a concurrent
 * transaction may have deleted one since, and code may set any id.
 */
export async function requireTargets(
  work: UnitOfWork,
  writer: ObjectWriter,
  written: readonly WrittenRows[],
): Promise<void> {
  const [deleted] = await deletedTargets(work, written)
  if (!deleted) return
  const { target, model, key } = deleted
  const field = inputFieldOf(writer, model.table, key.column)
  const name = objectNameOf(work.context.runtime.registry, target) ?? target.name
  throw new DeletedTargetError(notFound(field === null ? ['input'] : ['input', field], name))
}

/**
 * Returns an error when a record that is to be restored, or one of its items, refers to a soft-deleted record by a
 * relation with `onDelete: Restrict`. Locks the records that it refers to, as `requireTargets` does.
 */
export async function deletedTarget(
  work: UnitOfWork,
  { object, specs }: ObjectWriter,
  { row, kind }: LockedRecord,
  id: string,
): Promise<UserError | null> {
  const { registry } = work.context.runtime
  const itemTables = specs.flatMap((spec) =>
    spec.kind === 'items' && hasRestricted(spec.items.model) ? [spec.items] : [],
  )
  const items = await Promise.all(
    itemTables.map(async ({ model, parent }) => ({
      model,
      rows: await selectRows(work.transaction, model, parent, [id]),
    })),
  )
  const detail = object.variants.get(String(kind))?.detail
  const stored = [{ model: object.model, rows: [row] }, ...(detail ? [{ model: detail.model, rows: [row] }] : [])]
  const [deleted] = await deletedTargets(work, [...stored, ...items])
  if (!deleted) return null
  const name = objectNameOf(registry, deleted.target) ?? deleted.target.name
  return invalid(['input', 'id'], `The ${object.name} refers to a ${name} that is deleted. Restore the ${name} first.`)
}

function hasRestricted(model: Model): boolean {
  return [...model.relations.values()].some((relation) => restrictedKey(model, relation))
}

/** Locks the records to which rows refer, and returns the references to soft-deleted ones. */
async function deletedTargets(work: UnitOfWork, written: readonly WrittenRows[]): Promise<DeletedTarget[]> {
  const { models } = work.context.runtime.registry.models
  const references = written.flatMap(({ model, rows }) =>
    [...model.relations.values()].flatMap((relation) => {
      const target = models.get(relation.target)
      const key = restrictedKey(model, relation)
      if (!key || !target?.columns.has('deletedAt')) return []
      const ids = rows.flatMap(({ [key.name]: id }) => (typeof id === 'string' ? [id] : []))
      return ids.length > 0 ? [{ target, model, key, ids }] : []
    }),
  )
  const byTarget = [...Map.groupBy(references, ({ target }) => target)]
  const deleted = await Promise.all(
    byTarget.map(async ([target, found]) => {
      const ids = new Set(found.flatMap((reference) => reference.ids))
      const rows = await selectRows(work.transaction, target, idColumn({ model: target }), [...ids], {
        lock: 'reference',
      })
      const deletedIds = new Set(rows.flatMap(({ id, deletedAt }) => (deletedAt === null ? [] : [id])))
      return found.filter((reference) => reference.ids.some((id) => deletedIds.has(id)))
    }),
  )
  return deleted.flat()
}
