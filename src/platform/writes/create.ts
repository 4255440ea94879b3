import { awaitAll } from '../async/await-all.ts'
import { type UserError, under } from '../declare/rules/user-errors.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { UnitOfWork } from '../request/context.ts'
import { clientInputs, type Draft, type DraftSource, type InputRow } from './input/draft.ts'
import { existingColumns, loggedSpecs, type ObjectWriter, writerOf } from './input/writer.ts'
import { requireTargets, type WrittenRows } from './references/deleted-targets.ts'
import { insertRows } from './rows/row-statements.ts'
import { difference, snapshotOf } from './rows/snapshot.ts'
import { rememberingWrite } from './rows/violated-write.ts'
import { runAfter } from './rules/apply-rules.ts'
import { attempt } from './savepoint.ts'
import { requireFieldAccess, requireRecordAccess } from './writable.ts'

/** The result of one input row: the input of one record. */
export interface CreateResult {
  /**
   * uuid of the new record, or of an existing record that a rule found to be the same; null when nothing was created.
   */
  readonly id: string | null
  readonly errors: readonly UserError[]
}

/** Whether errors of one input row reject all input rows (REJECT_ALL) or only this row (REJECT_FAILED). */
export type ErrorPolicy = 'REJECT_ALL' | 'REJECT_FAILED'

/**
 * Creates a record for each input row, and returns a result for each row, in the same order. REJECT_FAILED creates the
 * records of the rows without errors. With REJECT_ALL, some records may already be inserted when the database refuses
 * another record. So the calling code must roll back the transaction when a result has errors.
 * @param source Makes the drafts of the input rows. Default: the rows are inputs as clients send them.
 * @throws pg.DatabaseError when the only row under REJECT_ALL violates a constraint of the database.
 */
export async function createRecords(
  work: UnitOfWork,
  object: ObjectType,
  rows: readonly InputRow[],
  policy: ErrorPolicy,
  source: DraftSource = clientInputs,
): Promise<CreateResult[]> {
  const writer = writerOf(work.context.runtime.registry, object)
  const drafts = await source.draft(work, writer, rows)
  const isRefused = drafts.some(({ errors }) => errors.length > 0)
  if (policy === 'REJECT_ALL' && isRefused) return drafts.map(({ errors }) => ({ id: null, errors }))
  const inserted = await insertDrafts(work, writer, drafts.filter(isNew), policy, source)
  return drafts.map(
    (draft) => inserted.get(draft) ?? { id: draft.errors.length > 0 ? null : draft.existingId, errors: draft.errors },
  )
}

function isNew(draft: Draft): boolean {
  return draft.errors.length === 0 && draft.existingId === null
}

/**
 * Inserts all drafts (parsed input rows) at once. When this violates a constraint of the database, inserts them one by
 * one, so that only the drafts that violate the constraint get errors. A single draft under REJECT_ALL is inserted
 * without a savepoint: a violation rolls back the whole transaction anyway.
 */
async function insertDrafts(
  work: UnitOfWork,
  writer: ObjectWriter,
  drafts: readonly Draft[],
  policy: ErrorPolicy,
  source: DraftSource,
): Promise<Map<Draft, CreateResult>> {
  const created = new Map<Draft, CreateResult>(drafts.map((draft) => [draft, { id: draft.write.id, errors: [] }]))
  if (drafts.length === 0) return created
  if (drafts.length === 1 && policy === 'REJECT_ALL') await insert(work, writer, drafts, source)
  else if (await attempt(work, () => insert(work, writer, drafts, source))) {
    for (const draft of drafts) created.set(draft, await insertOne(work, writer, draft, source))
  }
  return created
}

/** Inserts one draft after a savepoint, so that a violated constraint undoes only this insert. */
async function insertOne(
  work: UnitOfWork,
  writer: ObjectWriter,
  draft: Draft,
  source: DraftSource,
): Promise<CreateResult> {
  const refused = await attempt(work, () => insert(work, writer, [draft], source))
  if (!refused) return { id: draft.write.id, errors: [] }
  // Another transaction, or an earlier draft in this transaction, has written the same unique value. The rules run
  // again: one of them may now find that record and return its id.
  const [newDraft] = await source.draft(work, writer, [draft.row])
  if (newDraft?.existingId) return { id: newDraft.existingId, errors: [] }
  return {
    id: null,
    errors: newDraft && newDraft.errors.length > 0 ? newDraft.errors : under(draft.row.path, [refused]),
  }
}

/**
 * Inserts drafts, checks that the caller may create these records, logs the changes and runs the rules after the
 * writes.
 */
async function insert(
  work: UnitOfWork,
  writer: ObjectWriter,
  drafts: readonly Draft[],
  { checksAccess }: DraftSource,
): Promise<void> {
  const { object } = writer
  const { transaction, now, context } = work
  const actorId = context.actor.id
  const stamps = existingColumns(object, {
    version: 1,
    createdAt: now,
    updatedAt: now,
    createdById: actorId,
    updatedById: actorId,
  })
  // An object can cover only the rows of its table that have a fixed value in a column, as `User` covers the actors
  // whose kind is USER. New records of the object get this value.
  const fixedValues = object.where ? { [object.where.column.name]: object.where.equals } : {}
  const recordRows = drafts.map(({ write }) => ({ ...write.values, ...fixedValues, ...stamps, id: write.id }))
  const inserts: WrittenRows[] = [{ model: object.model, rows: recordRows }]
  for (const variant of object.variants.values()) {
    const detailRows = drafts.flatMap(({ write, detail }) =>
      detail?.variant === variant ? [{ ...detail.values, id: write.id }] : [],
    )
    if (variant.detail && detailRows.length > 0) inserts.push({ model: variant.detail.model, rows: detailRows })
  }
  for (const spec of writer.specs) {
    if (spec.kind !== 'items') continue
    const { model, parent } = spec.items
    const itemRows = drafts.flatMap(({ write }) =>
      (write.items.get(spec.name) ?? []).map((item) => ({ ...item, [parent.name]: write.id })),
    )
    if (itemRows.length > 0) inserts.push({ model, rows: itemRows })
  }
  // The statements are sent without waiting. PostgreSQL runs them in this order, so the record exists before its items.
  const pending = [
    requireTargets(work, writer, inserts),
    ...inserts.map(({ model, rows }) => insertRows(transaction, model, rows)),
  ]
  const sent = drafts.flatMap(({ row }) => Object.keys(row.input))
  await rememberingWrite(writer, sent, () => awaitAll(pending))
  if (checksAccess) await requireAccess(work, object, drafts)
  for (const { write, detail } of drafts) {
    const kind = object.discriminator ? write.values[object.discriminator.name] : null
    const values = { ...write.values, ...detail?.values }
    const changes = difference({}, snapshotOf(context.runtime.registry, loggedSpecs(writer, kind), values, write.items))
    // In the log `operation` is what happened to the record; in a write it is the mutation, such as `createAccount`.
    work.log.push({ operation: 'CREATED', type: object.name, recordId: write.id, version: 1, changes })
  }
  await runAfter(
    work,
    writer,
    drafts.map(({ write }) => write),
  )
}

/** Checks that the caller may create the inserted records, with each of the fields of their inputs. */
async function requireAccess(work: UnitOfWork, object: ObjectType, drafts: readonly Draft[]): Promise<void> {
  await requireRecordAccess(
    work,
    object,
    drafts.map(({ write }) => write.id),
  )
  for (const { ids, limitedFields } of groupByLimitedFields(drafts))
    await requireFieldAccess(work, object, ids, limitedFields, 'create')
}

/** New records whose inputs contain the same limited fields: fields that the caller may write only on some records. */
interface LimitedGroup {
  readonly ids: string[]
  readonly limitedFields: Draft['limitedFields']
}

/** Groups the drafts by the limited fields in their inputs, so that one statement checks each group. */
function groupByLimitedFields(drafts: readonly Draft[]): Iterable<LimitedGroup> {
  const groups = new Map<string, LimitedGroup>()
  for (const { write, limitedFields } of drafts) {
    const key = limitedFields.map(({ field }) => field).join()
    const group = groups.get(key)
    if (group) group.ids.push(write.id)
    else groups.set(key, { ids: [write.id], limitedFields })
  }
  return groups.values()
}
