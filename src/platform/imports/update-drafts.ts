import { sql } from '../data/sql.ts'
import { invalid, under } from '../declare/rules/user-errors.ts'
import type { Values } from '../declare/rules/values.ts'
import type { UnitOfWork } from '../request/context.ts'
import { orderOfItems } from '../writes/input/item-place.ts'
import { parseInput } from '../writes/input/parse.ts'
import { idColumn } from '../writes/input/writer.ts'
import { selectRows } from '../writes/rows/row-statements.ts'
import { difference, snapshotOf } from '../writes/rows/snapshot.ts'
import { attempt } from '../writes/savepoint.ts'
import { updateRecord } from '../writes/update.ts'
import type { ImportDraft } from './import-draft.ts'
import { itemsOfRow, mergeItems } from './item-rows.ts'
import type { ImportPlan } from './plan-import.ts'

/** Maximum number of records that are read and updated at once. */
const BATCH = 500

/** A row whose record exists. */
export interface ImportUpdate {
  readonly draft: ImportDraft
  /** uuid */
  readonly recordId: string
}

/** An update of a record whose values differ from the values in its row. */
interface Change {
  readonly draft: ImportDraft
  readonly recordId: string
  /** Input of the update, with the version of the record. */
  readonly input: Values
}

/**
 * Updates the records whose values differ from the values in their rows. Returns the rows whose records were updated.
 * The records of the other rows are not written and keep their version.
 * @param onWritten Called after each batch, with the number of its rows.
 */
export async function updateDrafts(
  work: UnitOfWork,
  plan: ImportPlan,
  updates: readonly ImportUpdate[],
  onWritten: (count: number) => void,
): Promise<Set<ImportDraft>> {
  const changed = new Set<ImportDraft>()
  for (let start = 0; start < updates.length; start += BATCH) {
    const batch = updates.slice(start, start + BATCH)
    const changes = await changesOf(work, plan, batch)
    const writeAll = async (batch: readonly Change[]) => {
      for (const change of batch) await update(work, plan, change)
    }
    // When the database refuses one of the updates, each update is retried alone, so that only the refused updates get
    // the error.
    if (changes.length > 0 && (await attempt(work, () => writeAll(changes)))) {
      for (const change of changes) {
        change.draft.errors.length = 0
        const refused = await attempt(work, () => writeAll([change]))
        if (refused) change.draft.errors.push(...under(change.draft.path, [refused]))
      }
    }
    for (const { draft } of changes) if (draft.errors.length === 0) changed.add(draft)
    onWritten(batch.length)
  }
  return changed
}

async function update(work: UnitOfWork, plan: ImportPlan, { draft, recordId, input }: Change): Promise<void> {
  const { errors } = await updateRecord(work, plan.object, recordId, input)
  draft.errors.push(...under(draft.path, errors))
}

/** Locks the records, compares them with their rows, and returns an update for each record that differs. */
async function changesOf(work: UnitOfWork, plan: ImportPlan, updates: readonly ImportUpdate[]): Promise<Change[]> {
  const { object, writer } = plan
  const ids = updates.map(({ recordId }) => recordId)
  const rows = await selectRows(work.transaction, object.model, idColumn(object), ids, {
    lock: 'update',
    orderBy: sql`id`,
  })
  const records = new Map(rows.map((row) => [String(row['id']), row]))
  const existing = await existingItems(work, plan, updates)
  const { registry } = work.context.runtime
  return updates.flatMap(({ draft, recordId }): Change[] => {
    const row = records.get(recordId)
    if (!row || draft.errors.length > 0) return []
    const input: Record<string, unknown> = { ...draft.input }
    for (const [field, items] of draft.items) {
      const spec = writer.specs.find(({ name }) => name === field)
      const merged =
        spec?.kind === 'items'
          ? mergeItems(registry, spec.items, existing.get(field)?.get(recordId) ?? [], itemsOfRow(items))
          : null
      if (merged) input[field] = merged
    }
    const { values, errors } = parseInput(registry, writer.specs, input, draft.path)
    draft.errors.push(...errors)
    const changes = difference(
      snapshotOf(registry, writer.specs, row, new Map()),
      snapshotOf(registry, writer.specs, { ...row, ...values }, new Map()),
    )
    const fixed = writer.specs.filter(({ name, isCreateOnly }) => isCreateOnly && input[name] !== undefined)
    for (const { name } of fixed) {
      const isItems = draft.items.has(name)
      delete input[name]
      if (changes[name] || isItems)
        draft.errors.push(
          invalid([...draft.path, name], `${name} is set when a record is created: an import does not change it.`),
        )
    }
    const isSame =
      Object.keys(changes).length === 0 && [...draft.items.keys()].every((field) => input[field] === undefined)
    return isSame || draft.errors.length > 0 ? [] : [{ draft, recordId, input: { ...input, version: row['version'] } }]
  })
}

/**
 * Returns the items that the records have now, by field and record. Reads only the fields for which the file has items.
 */
async function existingItems(
  work: UnitOfWork,
  plan: ImportPlan,
  updates: readonly ImportUpdate[],
): Promise<Map<string, Map<string, Values[]>>> {
  const fields = new Set(updates.flatMap(({ draft }) => [...draft.items.keys()]))
  const ids = updates.map(({ recordId }) => recordId)
  const byField = new Map<string, Map<string, Values[]>>()
  for (const spec of plan.writer.specs) {
    if (spec.kind !== 'items' || !fields.has(spec.name)) continue
    const { model, parent } = spec.items
    const byRecord = new Map<string, Values[]>()
    for (const item of await selectRows(work.transaction, model, parent, ids, { orderBy: orderOfItems(model) })) {
      const recordId = String(item[parent.name])
      byRecord.set(recordId, [...(byRecord.get(recordId) ?? []), item])
    }
    byField.set(spec.name, byRecord)
  }
  return byField
}
