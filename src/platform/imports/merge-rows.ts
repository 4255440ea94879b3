import { invalid } from '../declare/rules/user-errors.ts'
import { type ImportDraft, targetPath } from './import-draft.ts'
import { quoted } from './notation/cells.ts'
import type { ImportPlan } from './plan-import.ts'

/**
 * Merges the rows that are about the same record: those with the same cells in the fields of the key. The record gets the
 * values of the first row that has them, and the items of all rows. Adds an error where two rows have different values
 * for a field of the record. A row without a key stays alone.
 */
export function mergeRows({ key }: ImportPlan, drafts: readonly ImportDraft[]): ImportDraft[] {
  const paths = key.map((field) => targetPath(field).join('.'))
  const merged = new Map<string, ImportDraft>()
  for (const draft of drafts) {
    const cells = paths.map((path) => draft.cells.get(path))
    const identity = cells.includes(undefined) ? `line ${draft.line}` : JSON.stringify(cells)
    const first = merged.get(identity)
    if (first) addRow(first, draft)
    else merged.set(identity, draft)
  }
  return [...merged.values()]
}

/** Adds the values and items of a row to the draft of an earlier row about the same record. */
function addRow(first: ImportDraft, row: ImportDraft): void {
  const fieldOfItem = (path: string) => {
    const [field = '', position] = path.split('.')
    return position !== undefined && row.items.has(field) ? { field, position: Number(position) } : null
  }
  const offsets = new Map([...row.items.keys()].map((field) => [field, nextPosition(first, field)]))
  const taken = new Set(first.cells.keys())
  first.errors.push(...row.errors)
  for (const [path, cell] of row.cells) {
    const item = fieldOfItem(path)
    const former = first.cells.get(path)
    if (item) {
      const position = item.position + (offsets.get(item.field) ?? 0)
      first.cells.set([item.field, position, ...path.split('.').slice(2)].join('.'), cell)
    } else if (former === undefined) first.cells.set(path, cell)
    else if (former !== cell)
      first.errors.push(
        invalid(
          [...row.path, ...path.split('.')],
          `It is ${quoted(cell)} here and ${quoted(former)} on line ${first.line}, which is about the same record.`,
        ),
      )
  }
  for (const [field, value] of Object.entries(row.input)) first.input[field] ??= value
  for (const [field, items] of row.items) {
    const stored = first.items.get(field) ?? new Map<number, Record<string, unknown>>()
    for (const [position, item] of items) stored.set(position + (offsets.get(field) ?? 0), item)
    first.items.set(field, stored)
  }
  for (const lookup of row.lookups) {
    const { target } = lookup
    if (target.position !== null)
      first.lookups.push({
        ...lookup,
        target: { ...target, position: target.position + (offsets.get(target.field) ?? 0) },
      })
    else if (!taken.has(targetPath(target).join('.'))) first.lookups.push(lookup)
  }
}

function nextPosition({ items }: ImportDraft, field: string): number {
  return Math.max(-1, ...(items.get(field)?.keys() ?? [])) + 1
}
