import { awaitAll } from '../async/await-all.ts'
import { type UserError, under } from '../declare/rules/user-errors.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { UnitOfWork } from '../request/context.ts'
import { type Draft, draftRows, type Row } from './input/draft.ts'
import { loggedSpecs, type ObjectWriter, stamped, writerOf } from './input/writer.ts'
import { insertRows } from './rows/row-statements.ts'
import { difference, snapshotOf } from './rows/snapshot.ts'
import { runAfter } from './rules/apply-rules.ts'
import { attempt } from './savepoint.ts'
import { requireFieldAccess, requireRecordAccess } from './writable.ts'

/** What became of one row of a create: a record's uuid, or why not. */
export interface Created {
  readonly id: string | null
  readonly errors: readonly UserError[]
}

export type ErrorPolicy = 'REJECT_ALL' | 'REJECT_FAILED'

/**
 * Creates records from rows, in their order. REJECT_ALL creates all of them or none; REJECT_FAILED creates those without
 * errors. Where it answers errors under REJECT_ALL, the caller rolls back.
 */
export async function createRecords(
  work: UnitOfWork,
  object: ObjectType,
  rows: readonly Row[],
  policy: ErrorPolicy,
): Promise<Created[]> {
  const writer = writerOf(work.context.runtime.registry, object)
  const drafts = await draftRows(work, writer, rows)
  const isRefused = drafts.some(({ errors }) => errors.length > 0)
  if (policy === 'REJECT_ALL' && isRefused) return drafts.map(({ errors }) => ({ id: null, errors }))
  const inserted = await insertGuarded(work, writer, drafts.filter(isNew), policy)
  return drafts.map(
    (draft) => inserted.get(draft) ?? { id: draft.errors.length > 0 ? null : draft.existingId, errors: draft.errors },
  )
}

function isNew(draft: Draft): boolean {
  return draft.errors.length === 0 && draft.existingId === null
}

/**
 * Inserts all at once. Where the database refuses, one by one, so that only the guilty are told; a single row that is
 * all or nothing needs no such care, because the whole transaction is its own.
 */
async function insertGuarded(
  work: UnitOfWork,
  writer: ObjectWriter,
  drafts: readonly Draft[],
  policy: ErrorPolicy,
): Promise<Map<Draft, Created>> {
  const created = new Map<Draft, Created>(drafts.map((draft) => [draft, { id: draft.write.id, errors: [] }]))
  if (drafts.length === 0) return created
  if (drafts.length === 1 && policy === 'REJECT_ALL') await insert(work, writer, drafts)
  else if (await attempt(work, () => insert(work, writer, drafts))) {
    for (const draft of drafts) created.set(draft, await insertOne(work, writer, draft))
  }
  return created
}

async function insertOne(work: UnitOfWork, writer: ObjectWriter, draft: Draft): Promise<Created> {
  const refused = await attempt(work, () => insert(work, writer, [draft]))
  if (!refused) return { id: draft.write.id, errors: [] }
  // Somebody else, or an earlier row, was faster with a unique value: a rule may find now that it is the same record.
  const [again] = await draftRows(work, writer, [draft.row])
  if (again?.existingId) return { id: again.existingId, errors: [] }
  return { id: null, errors: again && again.errors.length > 0 ? again.errors : under(draft.row.path, [refused]) }
}

async function insert(work: UnitOfWork, writer: ObjectWriter, drafts: readonly Draft[]): Promise<void> {
  const { object } = writer
  const { transaction, now, context } = work
  const by = context.actor.id
  const stamps = stamped(object, { version: 1, createdAt: now, updatedAt: now, createdById: by, updatedById: by })
  // Sent in one go: PostgreSQL runs them in this order, so the record is there before its parts.
  // An object over some rows of a model, such as the users among the actors, makes rows of its own.
  const own = object.where ? { [object.where.column.name]: object.where.equals } : {}
  const records = drafts.map(({ write }) => ({ ...write.values, ...own, ...stamps, id: write.id }))
  const pending = [insertRows(transaction, object.model, records)]
  for (const variant of object.variants.values()) {
    const rows = drafts.flatMap(({ write, detail }) =>
      detail?.variant === variant ? [{ ...detail.values, id: write.id }] : [],
    )
    if (variant.detail && rows.length > 0) pending.push(insertRows(transaction, variant.detail.model, rows))
  }
  for (const spec of writer.specs) {
    if (spec.kind !== 'items') continue
    const { model, parent } = spec.items
    const rows = drafts.flatMap(({ write }) =>
      (write.items.get(spec.name) ?? []).map((item) => ({ ...item, [parent.name]: write.id })),
    )
    if (rows.length > 0) pending.push(insertRows(transaction, model, rows))
  }
  await awaitAll(pending)
  await requireRecordAccess(
    work,
    object,
    drafts.map(({ write }) => write.id),
  )
  for (const { ids, limited } of byLimited(drafts)) await requireFieldAccess(work, object, ids, limited, 'create')
  for (const { write, detail } of drafts) {
    const kind = object.discriminator ? write.values[object.discriminator.name] : null
    const values = { ...write.values, ...detail?.values }
    const changes = difference({}, snapshotOf(context.runtime.registry, loggedSpecs(writer, kind), values, write.items))
    work.log.push({ operation: 'CREATED', type: object.name, recordId: write.id, version: 1, changes })
    await runAfter(work, writer, write)
  }
}

/** The drafts whose input holds the same limited fields, together: one statement asks for all of them. */
function byLimited(drafts: readonly Draft[]): Iterable<{ readonly ids: string[]; readonly limited: Draft['limited'] }> {
  const groups = new Map<string, { readonly ids: string[]; readonly limited: Draft['limited'] }>()
  for (const { write, limited } of drafts) {
    const key = limited.map(({ field }) => field).join()
    const group = groups.get(key)
    if (group) group.ids.push(write.id)
    else groups.set(key, { ids: [write.id], limited })
  }
  return groups.values()
}
