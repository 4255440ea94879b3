import { encodeId } from '../declare/record-id.ts'
import { notFound, type UserError } from '../declare/rules/user-errors.ts'
import type { UnitOfWork } from '../request/context.ts'
import { recordsByColumns } from './find-records.ts'
import { type ImportDraft, type ImportLookup, placeOf, put } from './import-draft.ts'
import type { MatchedDraft } from './match.ts'
import { quoted } from './notation/cells.ts'
import type { ImportPlan } from './plan-import.ts'

/** A reference to a record that this same file makes. */
export interface Dependency {
  readonly lookup: ImportLookup
  readonly on: ImportDraft
}

/**
 * Finds what the rows refer to: records that are there, one statement for each field they are looked for by, and records
 * that this file makes. Ids of the former are put into the drafts; the latter are answered, by draft. What is not found,
 * or found several times, is an error of its row.
 */
export async function resolveReferences(
  work: UnitOfWork,
  plan: ImportPlan,
  matched: readonly MatchedDraft[],
  drafts: readonly ImportDraft[],
): Promise<Map<ImportDraft, Dependency[]>> {
  const refused = drafts.filter(({ errors }) => errors.length > 0)
  const dependencies = new Map<ImportDraft, Dependency[]>()
  for (const lookups of byField(matched)) {
    const [first] = lookups
    if (!first) continue
    const { object, column } = first.lookup.leaf
    const values = [...new Set(lookups.map(({ lookup }) => lookup.value))]
    const existing = groupBy(
      await recordsByColumns(work, object, [column], values),
      ({ values: [value] }) => value ?? '',
    )
    const isOwn = object === plan.object
    const inFile = groupBy(isOwn ? matched : [], ({ draft }) => valueIn(plan, draft, column.name))
    const withErrors = groupBy(isOwn ? refused : [], (draft) => valueIn(plan, draft, column.name))
    for (const { draft, lookup } of lookups) {
      const ids = new Set((existing.get(lookup.value) ?? []).map(({ id }) => id))
      const rows = inFile.get(lookup.value) ?? []
      for (const { recordId } of rows) if (recordId !== null) ids.add(recordId)
      const made = rows.filter(({ recordId }) => recordId === null)
      const [id] = ids
      const target = made[0]?.draft ?? (ids.size === 0 ? withErrors.get(lookup.value)?.[0] : undefined)
      if (ids.size + made.length > 1) draft.errors.push(ambiguous(draft, lookup, ids.size + made.length))
      else if (target) dependencies.set(draft, [...(dependencies.get(draft) ?? []), { lookup, on: target }])
      else if (id !== undefined) putReference(draft, lookup, id)
      else draft.errors.push(missing(draft, lookup))
    }
  }
  return dependencies
}

/** Puts the id of a record, a uuid, into the draft that refers to it. */
export function putReference(draft: ImportDraft, { target, leaf }: ImportLookup, uuid: string): void {
  put(draft, target, encodeId(leaf.object.prefix, uuid))
}

interface Looking {
  readonly draft: ImportDraft
  readonly lookup: ImportLookup
}

/** All look-ups, those by the same field of the same object together. */
function byField(matched: readonly MatchedDraft[]): Iterable<Looking[]> {
  const all = matched.flatMap(({ draft }) => draft.lookups.map((lookup) => ({ draft, lookup })))
  return groupBy(all, ({ lookup: { leaf } }) => `${leaf.object.name}.${leaf.column.name}`).values()
}

/** What the row itself writes into the column that others are looking for. */
function valueIn(plan: ImportPlan, draft: ImportDraft, column: string): string {
  const spec = plan.writer.specs.find(({ name }) => name === column)
  const value = draft.input[column]
  if (spec?.kind !== 'column' || value === undefined) return ''
  const parsed = spec.schema.safeParse(value)
  return parsed.success ? String(parsed.data) : ''
}

function missing(draft: ImportDraft, { target, leaf, value }: ImportLookup): UserError {
  const what = `${leaf.object.name} with the ${leaf.column.name} ${quoted(value)}`
  return notFound([...draft.path, ...placeOf(target)], what)
}

function ambiguous(draft: ImportDraft, { target, leaf, value }: ImportLookup, count: number): UserError {
  const message = `${count} records of ${leaf.object.name} have the ${leaf.column.name} ${quoted(value)}: nothing tells which is meant. Refer to it by another field.`
  return { typename: 'InvalidInputError', code: 'AMBIGUOUS', message, path: [...draft.path, ...placeOf(target)] }
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}
