import { hiddenFromPlanner, sql } from '../data/sql.ts'
import type { LogEntry } from '../declare/change.ts'
import { type FieldConflict, staleVersion, type UserError } from '../declare/rules/user-errors.ts'
import type { Values } from '../declare/rules/values.ts'
import { canReadFieldOfAllRecords } from '../permissions/guard.ts'
import { startFinding } from '../reads/start-reading.ts'
import type { UnitOfWork } from '../request/context.ts'
import type { InputSpec } from './input/input-specs.ts'
import type { Parsed } from './input/parse.ts'
import { type ObjectWriter, specsFor } from './input/writer.ts'
import type { Locked } from './rows/lock.ts'
import { type Snapshot, snapshotOf } from './rows/snapshot.ts'
import { type VisibleChangeValue, visibleChangeValues } from './visible-change-values.ts'

/** StaleVersionError with its conflicts, or null when the caller has seen the record as it stands. */
export async function staleness(
  work: UnitOfWork,
  writer: ObjectWriter,
  locked: Locked,
  id: string,
  input: Values,
  parsed: Parsed,
  detail: Values,
): Promise<UserError | null> {
  const current = Number(locked.row['version'])
  // A plugin's write is for the record as it is.
  if (input['version'] === undefined || input['version'] === current) return null
  const { registry } = work.context.runtime
  const specs = specsFor(writer, locked.kind)
  const theirs = snapshotOf(registry, specs, locked.row, locked.items)
  const yours = snapshotOf(registry, specs, { ...locked.row, ...parsed.values, ...detail }, parsed.items)
  const entries = await work.transaction.query<{ changes: LogEntry['changes'] }>(
    sql`select changes from audit_entries where workspace_id = ${hiddenFromPlanner(work.transaction.workspaceId)} and record_id = ${id}::uuid and version > ${Number(input['version'])}::int order by version`,
  )
  const told = visibleChangeValues(startFinding(work.context))
  const readable = readableNames(work, writer, specs)
  return staleVersion(
    current,
    conflicts(entries, theirs, yours, readable).map((conflict) => toldOf(conflict, writer.object.name, told)),
  )
}

/** Input fields whose values the caller may read: of the others a conflict tells nothing. */
function readableNames(work: UnitOfWork, { object }: ObjectWriter, specs: readonly InputSpec[]): ReadonlySet<string> {
  const { actor } = work.context
  return new Set(specs.flatMap(({ name, field }) => (canReadFieldOfAllRecords(actor, object, field) ? [name] : [])))
}

/** Fields that the caller writes and others have written since: the first change since then tells the value it had. */
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

/** The conflict without the ids of records that the caller may not see. What they sent they know. */
function toldOf(conflict: FieldConflict, type: string, told: VisibleChangeValue): FieldConflict {
  const { field, base, theirs } = conflict
  return { ...conflict, base: told(type, field, base), theirs: told(type, field, theirs) }
}
