import { hiddenFromPlanner, sql } from '../data/sql.ts'
import type { LogEntry } from '../declare/change.ts'
import { type FieldConflict, staleVersion, type UserError } from '../declare/rules/user-errors.ts'
import type { Values } from '../declare/rules/values.ts'
import { canReadFieldOfAllRecords } from '../permissions/guard.ts'
import { startFinding } from '../reads/start-reading.ts'
import type { UnitOfWork } from '../request/context.ts'
import type { InputSpec } from './input/input-specs.ts'
import type { ParsedInput } from './input/parse.ts'
import { type ObjectWriter, specsFor } from './input/writer.ts'
import type { LockedRecord } from './rows/lock.ts'
import { type Snapshot, snapshotOf } from './rows/snapshot.ts'
import { type VisibleChangeValue, visibleChangeValues } from './visible-change-values.ts'

/**
 * Returns a `StaleVersionError` with its conflicts when the version in the input is not the stored version; otherwise
 * null.
 * @param detail Column values of the variant's detail table.
 */
export async function staleVersionError(
  work: UnitOfWork,
  writer: ObjectWriter,
  locked: LockedRecord,
  id: string,
  input: Values,
  parsed: ParsedInput,
  detail: Values,
): Promise<UserError | null> {
  const current = Number(locked.row['version'])
  // Plugins may leave out the version; their write then applies to the stored version. For clients it is required.
  if (input['version'] === undefined || input['version'] === current) return null
  const { registry } = work.context.runtime
  const specs = specsFor(writer, locked.kind)
  const theirs = snapshotOf(registry, specs, locked.row, locked.items)
  const yours = snapshotOf(registry, specs, { ...locked.row, ...parsed.values, ...detail }, parsed.items)
  const entries = await work.transaction.query<{ changes: LogEntry['changes'] }>(
    sql`select changes from audit_entries where workspace_id = ${hiddenFromPlanner(work.transaction.workspaceId)} and record_id = ${id}::uuid and version > ${Number(input['version'])}::int order by version`,
  )
  const visibleValue = visibleChangeValues(startFinding(work.context))
  const readable = readableInputFields(work, writer, specs)
  return staleVersion(
    current,
    conflicts(entries, theirs, yours, readable).map((conflict) =>
      withoutHiddenIds(conflict, writer.object.name, visibleValue),
    ),
  )
}

/**
 * Returns the names of the input fields whose values the caller may read on all records. The error contains only
 * conflicts of these fields.
 */
function readableInputFields(
  work: UnitOfWork,
  { object }: ObjectWriter,
  specs: readonly InputSpec[],
): ReadonlySet<string> {
  const { actor } = work.context
  return new Set(specs.flatMap(({ name, field }) => (canReadFieldOfAllRecords(actor, object, field) ? [name] : [])))
}

/**
 * Returns a conflict for each readable field that was changed after the version in the input, and to which the update
 * gives another value than the stored value. `base` is the value at the version in the input.
 * @param entries Changes after the version in the input, oldest first.
 * @param theirs The stored record.
 * @param yours The record as it would be after the update.
 * @param readable Names of the input fields whose values the caller may read.
 */
function conflicts(
  entries: readonly { readonly changes: LogEntry['changes'] }[],
  theirs: Snapshot,
  yours: Snapshot,
  readable: ReadonlySet<string>,
): FieldConflict[] {
  return Object.keys(yours).flatMap((field) => {
    if (!readable.has(field)) return []
    const first = entries.find(({ changes }) => changes[field])?.changes[field]
    const isWritten = JSON.stringify(yours[field]) !== JSON.stringify(theirs[field])
    return first && isWritten ? [{ field, base: first.from, theirs: theirs[field], yours: yours[field] }] : []
  })
}

/** Removes ids of records that may be hidden from the caller. `yours` is not changed: its ids are from the caller. */
function withoutHiddenIds(conflict: FieldConflict, type: string, visibleValue: VisibleChangeValue): FieldConflict {
  const { field, base, theirs } = conflict
  return { ...conflict, base: visibleValue(type, field, base), theirs: visibleValue(type, field, theirs) }
}
