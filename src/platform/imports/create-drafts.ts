import { invalid } from '../declare/rules/user-errors.ts'
import type { UnitOfWork } from '../request/context.ts'
import { createRecords } from '../writes/create.ts'
import type { ImportDraft } from './import-draft.ts'
import { itemsOfRow } from './item-rows.ts'
import type { ImportPlan } from './plan-import.ts'
import { type Dependency, putReference } from './resolve-references.ts'

/** Maximum number of records that are created at once. */
const BATCH = 500

/**
 * Creates the records of new rows. Each record is created before the records that refer to it. Returns the uuids of the
 * created records. When a record can't be created, its row and every row that refers to it get errors.
 * @param dependencies For each draft, its references to records that other rows create.
 * @param onWritten Called after each batch, with the number of its drafts.
 */
export async function createDrafts(
  work: UnitOfWork,
  plan: ImportPlan,
  drafts: readonly ImportDraft[],
  dependencies: ReadonlyMap<ImportDraft, readonly Dependency[]>,
  onWritten: (count: number) => void,
): Promise<Map<ImportDraft, string>> {
  const created = new Map<ImportDraft, string>()
  let pending = drafts.filter(({ errors }) => errors.length === 0)
  while (pending.length > 0) {
    for (const draft of pending) settleDependencies(draft, dependencies.get(draft) ?? [], created)
    pending = pending.filter(({ errors }) => errors.length === 0)
    const ready = pending.filter((draft) => isReady(dependencies.get(draft) ?? [], created))
    if (ready.length === 0) {
      for (const draft of pending)
        draft.errors.push(
          invalid(draft.path, 'The row refers to itself through other rows of the file: the references form a cycle.'),
        )
      break
    }
    for (let start = 0; start < ready.length; start += BATCH) {
      const batch = ready.slice(start, start + BATCH)
      await createBatch(work, plan, batch, created)
      onWritten(batch.length)
    }
    const attempted = new Set(ready)
    pending = pending.filter((draft) => !attempted.has(draft))
  }
  return created
}

function isReady(dependencies: readonly Dependency[], created: ReadonlyMap<ImportDraft, string>): boolean {
  return dependencies.every(({ on }) => created.has(on))
}

/**
 * Sets the references of a draft to records that have been created. Adds an error to the draft when it refers to a row
 * with errors.
 */
export function settleDependencies(
  draft: ImportDraft,
  dependencies: readonly Dependency[],
  created: ReadonlyMap<ImportDraft, string>,
): void {
  for (const { lookup, on } of dependencies) {
    const id = created.get(on)
    if (id !== undefined) putReference(draft, lookup, id)
    else if (on.errors.length > 0)
      draft.errors.push(
        invalid([...lookup.path, lookup.target.field], `It refers to line ${on.line}, which has errors.`),
      )
  }
}

/** Creates the records of drafts. Adds their uuids to `created`, and their errors to the drafts. */
async function createBatch(
  work: UnitOfWork,
  plan: ImportPlan,
  drafts: readonly ImportDraft[],
  created: Map<ImportDraft, string>,
): Promise<void> {
  const rows = drafts.map((draft) => ({ input: { ...draft.input, ...itemLists(draft) }, path: draft.path }))
  const results = await createRecords(work, plan.object, rows, 'REJECT_FAILED')
  for (const [index, draft] of drafts.entries()) {
    const { id = null, errors = [] } = results[index] ?? {}
    draft.errors.push(...errors)
    if (id !== null) created.set(draft, id)
  }
}

/** Returns the draft's items as lists, by input field. */
function itemLists(draft: ImportDraft): Record<string, unknown> {
  return Object.fromEntries([...draft.items].map(([field, items]) => [field, itemsOfRow(items)]))
}
