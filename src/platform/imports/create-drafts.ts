import { invalid } from '../declare/rules/user-errors.ts'
import type { UnitOfWork } from '../request/context.ts'
import { createRecords } from '../writes/create.ts'
import type { ImportDraft } from './import-draft.ts'
import { itemsOfRow } from './item-rows.ts'
import type { ImportPlan } from './plan-import.ts'
import { type Dependency, putReference } from './resolve-references.ts'

const BATCH = 500

/**
 * Creates the records of new rows, those first that others refer to. Answers their uuids; a row that can't be created has
 * its errors, and so have those that refer to it.
 */
export async function createDrafts(
  work: UnitOfWork,
  plan: ImportPlan,
  drafts: readonly ImportDraft[],
  dependencies: ReadonlyMap<ImportDraft, readonly Dependency[]>,
): Promise<Map<ImportDraft, string>> {
  const created = new Map<ImportDraft, string>()
  let waiting = drafts.filter(({ errors }) => errors.length === 0)
  while (waiting.length > 0) {
    for (const draft of waiting) settleDependencies(draft, dependencies.get(draft) ?? [], created)
    waiting = waiting.filter(({ errors }) => errors.length === 0)
    const ready = waiting.filter((draft) => isReady(dependencies.get(draft) ?? [], created))
    if (ready.length === 0) {
      for (const draft of waiting)
        draft.errors.push(
          invalid(draft.path, 'The row refers to itself, by way of others of this file: that would be a circle.'),
        )
      break
    }
    for (let start = 0; start < ready.length; start += BATCH)
      await createBatch(work, plan, ready.slice(start, start + BATCH), created)
    const done = new Set(ready)
    waiting = waiting.filter((draft) => !done.has(draft))
  }
  return created
}

function isReady(dependencies: readonly Dependency[], created: ReadonlyMap<ImportDraft, string>): boolean {
  return dependencies.every(({ on }) => created.has(on))
}

/** Puts in the ids of records that are made by now, and refuses what refers to one that can't be made. */
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
        invalid([...draft.path, lookup.target.field], `It refers to line ${on.line}, which has errors.`),
      )
  }
}

async function createBatch(
  work: UnitOfWork,
  plan: ImportPlan,
  drafts: readonly ImportDraft[],
  created: Map<ImportDraft, string>,
): Promise<void> {
  const rows = drafts.map((draft) => ({ input: { ...draft.input, ...partsOf(draft) }, path: draft.path }))
  const results = await createRecords(work, plan.object, rows, 'REJECT_FAILED')
  for (const [index, draft] of drafts.entries()) {
    const { id = null, errors = [] } = results[index] ?? {}
    draft.errors.push(...errors)
    if (id !== null) created.set(draft, id)
  }
}

function partsOf(draft: ImportDraft): Record<string, unknown> {
  return Object.fromEntries([...draft.parts].map(([field, parts]) => [field, itemsOfRow(parts)]))
}
