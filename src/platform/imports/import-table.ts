import { sql } from '../data/sql.ts'
import type { UserError } from '../declare/rules/user-errors.ts'
import { enforceGuard, objectGuard } from '../permissions/guard.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { UnitOfWork } from '../request/context.ts'
import { discard } from '../writes/unit-of-work.ts'
import { createDrafts, settleDependencies } from './create-drafts.ts'
import { draftImport, type ImportDraft, targetPath } from './import-draft.ts'
import type { ImportOrder } from './import-order.ts'
import { matchRecords } from './match.ts'
import { mergeRows } from './merge-rows.ts'
import { quoted } from './notation/cells.ts'
import type { CsvTable } from './notation/csv.ts'
import { type ImportPlan, planImport } from './plan-import.ts'
import { requireReadableFields } from './readable.ts'
import { resolveKey, resolveReferences } from './resolve-references.ts'
import { updateDrafts } from './update-drafts.ts'

/** The possible results of a row, with their descriptions. */
export const IMPORT_OUTCOMES = {
  CREATED: 'The row created a record.',
  UPDATED: 'The row updated an existing record.',
  UNCHANGED: 'The record already has the values of the row, so nothing was written.',
  FAILED: 'The row has errors, so nothing was written for it.',
  SKIPPED: 'The row has no errors. It was not written, because other rows have errors and errorPolicy is REJECT_ALL.',
} as const

export type ImportOutcome = keyof typeof IMPORT_OUTCOMES

/** What an import did or, in a dry run, would do. */
export interface ImportReport {
  /**
   * Errors of the instructions or of the file as a whole. When there are any, no row was imported and `rows` is empty.
   */
  readonly errors: readonly UserError[]
  /** One result for each row, in the order of the file. */
  readonly rows: readonly ImportedRow[]
}

/** The result of one row. */
export interface ImportedRow {
  readonly line: number
  readonly outcome: ImportOutcome
  /** uuid of the record; null when the row has errors, and for a new record that was rolled back. */
  readonly recordId: string | null
  readonly errors: readonly RowError[]
}

/** An error of a row, and the column of the file that it is about; null for the row as a whole. */
export type RowError = UserError & { readonly column: string | null }

/**
 * Imports a file: each row creates a record, updates an existing record or leaves it unchanged. Permissions and rules
 * apply as for every other create and update. After a dry run, and after an error under REJECT_ALL, it discards the
 * unit of work, so that the writes are rolled back.
 * @param onProgress Called while records are written, with the number of records that are done.
 * @throws GraphQLError FORBIDDEN unless the caller may read, create and update records of the object and may read every
 * field that the import uses.
 */
export async function importTable(
  work: UnitOfWork,
  order: ImportOrder,
  table: CsvTable,
  onProgress: (done: number) => void = () => undefined,
): Promise<ImportReport> {
  const { registry, schema } = work.context.runtime
  const planned = planImport(registry, order, table, work.context.actor)
  if ('errors' in planned) return { errors: planned.errors, rows: [] }
  const { plan } = planned
  for (const action of ['read', 'create', 'update'])
    enforceGuard(work.context.actor, objectGuard(plan.object, action, 'Importing'))
  requireReadableFields(work.context.actor, plan)
  await lockImports(work, plan.object)
  const rows = draftImport(schema, plan, table)
  const drafts = plan.mergesRows ? mergeRows(plan, rows) : rows
  const outcomes = await writeDrafts(work, plan, drafts, onProgress)
  const isRefused = order.errorPolicy === 'REJECT_ALL' && drafts.some(({ errors }) => errors.length > 0)
  if (isRefused || order.dryRun) discard(work)
  return {
    errors: [],
    rows: drafts.map((draft) => importedRow(plan, draft, outcomes.get(draft), isRefused, order.dryRun)),
  }
}

/** What was written for a draft without errors. */
interface WrittenDraft {
  readonly outcome: 'CREATED' | 'UPDATED' | 'UNCHANGED'
  readonly recordId: string
}

/** Creates and updates the records of the drafts. The result contains every draft without errors. */
async function writeDrafts(
  work: UnitOfWork,
  plan: ImportPlan,
  drafts: readonly ImportDraft[],
  onProgress: (done: number) => void,
): Promise<Map<ImportDraft, WrittenDraft>> {
  let done = 0
  const onWritten = (count: number) => {
    done += count
    onProgress(done)
  }
  await resolveKey(work, plan, drafts)
  const matched = await matchRecords(work, plan, drafts)
  const dependencies = await resolveReferences(work, plan, matched, drafts)
  const newDrafts = matched.filter(({ recordId }) => recordId === null).map(({ draft }) => draft)
  const created = await createDrafts(work, plan, newDrafts, dependencies, onWritten)
  const updates = matched.flatMap(({ draft, recordId }) => (recordId === null ? [] : [{ draft, recordId }]))
  for (const { draft } of updates) settleDependencies(draft, dependencies.get(draft) ?? [], created)
  const changed = await updateDrafts(
    work,
    plan,
    updates.filter(({ draft }) => draft.errors.length === 0),
    onWritten,
  )
  const written = new Map<ImportDraft, WrittenDraft>()
  for (const [draft, recordId] of created) written.set(draft, { outcome: 'CREATED', recordId })
  for (const { draft, recordId } of updates)
    written.set(draft, { outcome: changed.has(draft) ? 'UPDATED' : 'UNCHANGED', recordId })
  return written
}

function importedRow(
  plan: ImportPlan,
  draft: ImportDraft,
  written: WrittenDraft | undefined,
  isRefused: boolean,
  isDryRun: boolean,
): ImportedRow {
  const { line } = draft
  const errors = draft.errors.map((error) => ({ ...withCell(draft, error), column: columnOf(plan, draft, error) }))
  if (errors.length > 0 || !written) return { line, outcome: 'FAILED', recordId: null, errors }
  const { outcome, recordId } = written
  const exists = outcome !== 'CREATED' || !(isRefused || isDryRun)
  return {
    line,
    outcome: isRefused && outcome !== 'UNCHANGED' ? 'SKIPPED' : outcome,
    recordId: exists ? recordId : null,
    errors,
  }
}

/** Returns the column of the file whose values an error is about. */
function columnOf({ columns }: ImportPlan, draft: ImportDraft, { path }: UserError): string | null {
  const [field, ...rest] = (path ?? []).slice(draft.path.length)
  if (field === undefined) return null
  const place = [field, ...rest].join('.')
  const ofField = columns.filter(({ target }) => target.field === field)
  const exact = ofField.find(({ target }) => targetPath(target).join('.') === place)
  return (exact ?? ofField[0])?.column ?? null
}

/** Adds the text of the cell to the message of an error, which otherwise says only what the value has to be. */
function withCell({ path, cells }: ImportDraft, error: UserError): UserError {
  const cell = cells.get(error.path?.slice(path.length).join('.') ?? '')
  return cell === undefined || error.message.includes(quoted(cell))
    ? error
    : { ...error, message: `${error.message} The file says ${quoted(cell)}.` }
}

/**
 * Locks the imports of the object in the workspace until the transaction ends, and waits while another transaction has
 * the lock. Without the lock, two imports of the same file at the same time would create each record twice.
 */
async function lockImports(work: UnitOfWork, object: ObjectType): Promise<void> {
  await work.transaction.query(
    sql`select pg_advisory_xact_lock(hashtextextended(${`import ${work.transaction.workspaceId} ${object.name}`}, 0))`,
  )
}
