import { sql } from '../../data/sql.ts'
import type { Values } from '../../declare/rules/values.ts'
import { forbiddenRecord } from '../../permissions/forbidden.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { idColumn, type ObjectWriter } from '../input/writer.ts'
import { accessTo } from '../writable.ts'
import { selectRows } from './row-statements.ts'

/** A record as it stands in the transaction, locked until its end. */
export interface Locked {
  readonly row: Values
  readonly kind: unknown
  readonly items: ReadonlyMap<string, readonly Values[]>
}

/**
 * Locks a record that the caller does something to, and reads it with those of its parts that the input is about to replace;
 * null when it is not there or hidden from them. Throws FORBIDDEN where they see it and their permission does not access it.
 */
export async function lock(
  work: UnitOfWork,
  writer: ObjectWriter,
  id: string,
  input: Values,
  action: string,
): Promise<Locked | null> {
  const { transaction } = work
  const { object } = writer
  const wanted = writer.specs.filter((spec) => input[spec.name] !== undefined).map(({ name }) => name)
  // The lock first: whoever had it may have changed who reaches the record.
  const [rows, items, access] = await Promise.all([
    selectRows(transaction, object.model, idColumn(object), [id], { lock: 'update' }),
    itemsOf(work, writer, id, wanted),
    accessTo(work, object, id, action),
  ])
  const [row] = rows
  if (!row || access === 'HIDDEN' || (object.where && row[object.where.column.name] !== object.where.equals))
    return null
  if (access === 'VISIBLE') throw forbiddenRecord(`${object.singular}:${action}`, object.name)
  const kind = object.discriminator ? row[object.discriminator.name] : null
  const detail = object.variants.get(String(kind))?.detail
  const [own] = detail ? await selectRows(transaction, detail.model, idColumn(object), [id]) : []
  return { row: { ...own, ...row }, kind, items }
}

/** Parts of a record as they stand, by field; of the fields named, those that are parts. */
export async function itemsOf(
  work: UnitOfWork,
  writer: ObjectWriter,
  id: string,
  fields: readonly string[],
): Promise<Map<string, readonly Values[]>> {
  const wanted = writer.specs.flatMap((spec) => (spec.kind === 'items' && fields.includes(spec.name) ? [spec] : []))
  const lists = await Promise.all(
    wanted.map((spec) =>
      selectRows(work.transaction, spec.items.model, spec.items.parent, [id], { orderBy: sql`position, id` }),
    ),
  )
  return new Map(wanted.map((spec, index) => [spec.name, lists[index] ?? []]))
}
