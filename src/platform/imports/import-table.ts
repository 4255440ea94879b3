import { sql } from '../data/sql.ts'
import type { UserError } from '../declare/rules/user-errors.ts'
import { enforceGuard, objectGuard } from '../permissions/guard.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { UnitOfWork } from '../request/context.ts'
import { discard } from '../writes/unit-of-work.ts'
import { createDrafts, settleDependencies } from './create-drafts.ts'
import { draftImport, type ImportDraft } from './import-draft.ts'
import type { ImportOrder } from './import-order.ts'
import { matchRecords } from './match.ts'
import { quoted } from './notation/cells.ts'
import type { CsvTable } from './notation/csv.ts'
import { type ImportPlan, planImport } from './plan-import.ts'
import { requireReadableFields } from './readable.ts'
import { resolveReferences } from './resolve-references.ts'
import { updateDrafts } from './update-drafts.ts'

/** What became of a row. */
export const IMPORT_OUTCOMES = {
  CREATED: 'It made a record.',
  UPDATED: 'It changed a record.',
  UNCHANGED: 'The record has these values already.',
  FAILED: 'It has errors.',
  SKIPPED: 'Nothing is wrong with it, but other rows have errors and the whole file was refused.',
} as const

export type ImportOutcome = keyof typeof IMPORT_OUTCOMES

/** What an import did, or would do. */
export interface ImportReport {
  /** What is wrong with the order or the file as a whole; nothing else was done then. */
  readonly errors: readonly UserError[]
  /** One for each row, in the order of the file. */
  readonly rows: readonly ImportedRow[]
}

export interface ImportedRow {
  readonly line: number
  readonly outcome: ImportOutcome
  /** uuid of the record; null where there is none, or none yet. */
  readonly recordId: string | null
  readonly errors: readonly UserError[]
}

/**
 * Imports a file: each row makes a record, changes the one that it is about, or finds nothing to change. Everything goes
 * through the same operations as any write. Leaves the work's log empty, which rolls back, for a dry run and where
 * REJECT_ALL met an error. Throws FORBIDDEN unless the caller may read, create and update the object.
 */
export async function importTable(work: UnitOfWork, order: ImportOrder, table: CsvTable): Promise<ImportReport> {
  const { registry, schema } = work.context.runtime
  const planned = planImport(registry, order, table, work.context.actor)
  if ('errors' in planned) return { errors: planned.errors, rows: [] }
  const { plan } = planned
  for (const action of ['read', 'create', 'update'])
    enforceGuard(work.context.actor, objectGuard(plan.object, action, 'Importing'))
  requireReadableFields(work.context.actor, plan)
  await takeTurn(work, plan.object)
  const drafts = draftImport(schema, plan, table)
  const outcomes = await writeDrafts(work, plan, drafts)
  const isRefused = order.errorPolicy === 'REJECT_ALL' && drafts.some(({ errors }) => errors.length > 0)
  if (isRefused || order.dryRun) discard(work)
  return { errors: [], rows: drafts.map((draft) => rowOf(draft, outcomes.get(draft), isRefused, order.dryRun)) }
}

interface WrittenDraft {
  readonly outcome: 'CREATED' | 'UPDATED' | 'UNCHANGED'
  readonly recordId: string
}

async function writeDrafts(
  work: UnitOfWork,
  plan: ImportPlan,
  drafts: readonly ImportDraft[],
): Promise<Map<ImportDraft, WrittenDraft>> {
  const matched = await matchRecords(work, plan, drafts)
  const dependencies = await resolveReferences(work, plan, matched, drafts)
  const isNew = matched.filter(({ recordId }) => recordId === null).map(({ draft }) => draft)
  const created = await createDrafts(work, plan, isNew, dependencies)
  const updates = matched.flatMap(({ draft, recordId }) => (recordId === null ? [] : [{ draft, recordId }]))
  for (const { draft } of updates) settleDependencies(draft, dependencies.get(draft) ?? [], created)
  const changed = await updateDrafts(
    work,
    plan,
    updates.filter(({ draft }) => draft.errors.length === 0),
  )
  const written = new Map<ImportDraft, WrittenDraft>()
  for (const [draft, recordId] of created) written.set(draft, { outcome: 'CREATED', recordId })
  for (const { draft, recordId } of updates)
    written.set(draft, { outcome: changed.has(draft) ? 'UPDATED' : 'UNCHANGED', recordId })
  return written
}

function rowOf(
  draft: ImportDraft,
  written: WrittenDraft | undefined,
  isRefused: boolean,
  isDryRun: boolean,
): ImportedRow {
  const { line } = draft
  const errors = draft.errors.map((error) => withCell(draft, error))
  if (errors.length > 0 || !written) return { line, outcome: 'FAILED', recordId: null, errors }
  const { outcome, recordId } = written
  const isThere = outcome !== 'CREATED' || !(isRefused || isDryRun)
  return {
    line,
    outcome: isRefused && outcome !== 'UNCHANGED' ? 'SKIPPED' : outcome,
    recordId: isThere ? recordId : null,
    errors,
  }
}

/** Rules and types tell what a value has to be; the row tells what it is. */
function withCell({ path, cells }: ImportDraft, error: UserError): UserError {
  const cell = cells.get(error.path?.slice(path.length).join('.') ?? '')
  return cell === undefined || error.message.includes(quoted(cell))
    ? error
    : { ...error, message: `${error.message} The file says ${quoted(cell)}.` }
}

/** Two imports of the same objects at once would both find that nothing is there yet. */
async function takeTurn(work: UnitOfWork, object: ObjectType): Promise<void> {
  await work.transaction.query(
    sql`select pg_advisory_xact_lock(hashtextextended(${`import ${work.transaction.workspaceId} ${object.name}`}, 0))`,
  )
}
