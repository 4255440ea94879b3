import { sql } from '../../data/sql.ts'
import type { Values } from '../../declare/rules/values.ts'
import { forbiddenRecord } from '../../permissions/forbidden.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { idColumn, type ObjectWriter } from '../input/writer.ts'
import { accessTo } from '../writable.ts'
import { type RowLock, selectRows } from './row-statements.ts'

/** A record that is locked until the end of the transaction. */
export interface LockedRecord {
  /** Column values of the record's table row, and of its row in the variant's detail table. */
  readonly row: Values
  /** Value of the discriminator; null for a concrete object. */
  readonly kind: unknown
  /** The stored items of those fields that the input sets, by input field: for each item its column values. */
  readonly items: ReadonlyMap<string, readonly Values[]>
}

/**
 * Locks a record until the end of the transaction, and reads it with the items that the input replaces. Returns null
 * when the record does not exist or is hidden from the caller.
 * @param action Action of the permission that the write needs, such as `update`.
 * @param strength What other transactions can't do meanwhile; see `RowLock`.
 * @throws GraphQLError FORBIDDEN when the caller sees the record but may not do the action on it.
 */
export async function lock(
  work: UnitOfWork,
  writer: ObjectWriter,
  id: string,
  input: Values,
  action: string,
  strength: RowLock = 'update',
): Promise<LockedRecord | null> {
  const { transaction } = work
  const { object } = writer
  const inputFields = writer.specs.filter((spec) => input[spec.name] !== undefined).map(({ name }) => name)
  // The statement that locks is sent first: the transaction that held the lock may have changed who has access to the
  // record.
  const [rows, items, access] = await Promise.all([
    selectRows(transaction, object.model, idColumn(object), [id], { lock: strength }),
    itemsOf(work, writer, id, inputFields),
    accessTo(work, object, id, action),
  ])
  const [row] = rows
  if (!row || access === 'HIDDEN' || (object.where && row[object.where.column.name] !== object.where.equals))
    return null
  if (access === 'VISIBLE') throw forbiddenRecord(`${object.singular}:${action}`, object.name)
  const kind = object.discriminator ? row[object.discriminator.name] : null
  const detail = object.variants.get(String(kind))?.detail
  const [detailRow] = detail ? await selectRows(transaction, detail.model, idColumn(object), [id]) : []
  return { row: { ...detailRow, ...row }, kind, items }
}

/** Returns the stored items of a record, by input field. Fields that do not hold items are ignored. */
export async function itemsOf(
  work: UnitOfWork,
  writer: ObjectWriter,
  id: string,
  fields: readonly string[],
): Promise<Map<string, readonly Values[]>> {
  const itemSpecs = writer.specs.flatMap((spec) => (spec.kind === 'items' && fields.includes(spec.name) ? [spec] : []))
  const lists = await Promise.all(
    itemSpecs.map((spec) =>
      selectRows(work.transaction, spec.items.model, spec.items.parent, [id], { orderBy: sql`position, id` }),
    ),
  )
  return new Map(itemSpecs.map((spec, index) => [spec.name, lists[index] ?? []]))
}
