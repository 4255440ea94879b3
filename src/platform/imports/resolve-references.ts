import { encodeId } from '../declare/record-id.ts'
import { notFound, type UserError } from '../declare/rules/user-errors.ts'
import type { UnitOfWork } from '../request/context.ts'
import { type FoundRecord, recordsByColumns } from './find-records.ts'
import { type ImportDraft, type ImportLookup, setValue, targetPath } from './import-draft.ts'
import type { MatchedDraft } from './match.ts'
import { quoted } from './notation/cells.ts'
import type { ImportPlan } from './plan-import.ts'

/** A reference to a record that another row of the file creates. */
export interface Dependency {
  readonly lookup: ImportLookup
  /** The draft of the other row. */
  readonly on: ImportDraft
}

/**
 * Looks up the records that the rows refer to: existing records, with one SQL statement for each field that they are
 * looked up by, and records that other rows create. Sets the ids of existing records in the drafts. Returns the
 * references to records that do not exist yet, by draft. Adds an error to a row when no record or several are found.
 * @param matched Drafts without errors, whose references are looked up.
 * @param drafts All drafts of the file. A reference to a row with errors is returned too, so that it becomes an error.
 */
export async function resolveReferences(
  work: UnitOfWork,
  plan: ImportPlan,
  matched: readonly MatchedDraft[],
  drafts: readonly ImportDraft[],
): Promise<Map<ImportDraft, Dependency[]>> {
  const failed = drafts.filter(({ errors }) => errors.length > 0)
  const dependencies = new Map<ImportDraft, Dependency[]>()
  for (const lookups of byField(lookupsOf(matched))) {
    const [first] = lookups
    if (!first) continue
    const { object, column } = first.lookup.leaf
    const existing = await existingRecords(work, lookups)
    const isSameObject = object === plan.object
    const inFile = groupBy(isSameObject ? matched : [], ({ draft }) => valueIn(plan, draft, column.name))
    const withErrors = groupBy(isSameObject ? failed : [], (draft) => valueIn(plan, draft, column.name))
    for (const { draft, lookup } of lookups) {
      const ids = new Set((existing.get(lookup.value) ?? []).map(({ id }) => id))
      const rows = inFile.get(lookup.value) ?? []
      for (const { recordId } of rows) if (recordId !== null) ids.add(recordId)
      const newRows = rows.filter(({ recordId }) => recordId === null)
      const [id] = ids
      const target = newRows[0]?.draft ?? (ids.size === 0 ? withErrors.get(lookup.value)?.[0] : undefined)
      if (ids.size + newRows.length > 1) draft.errors.push(ambiguous(lookup, ids.size + newRows.length))
      else if (target) dependencies.set(draft, [...(dependencies.get(draft) ?? []), { lookup, on: target }])
      else if (id !== undefined) putReference(draft, lookup, id)
      else draft.errors.push(missing(lookup))
    }
  }
  return dependencies
}

/**
 * Looks up the records of other objects by which rows are matched, such as the pipeline of a stage, and sets their ids in
 * the drafts: with one SQL statement for each field that they are looked up by. Adds an error to a row when no record or
 * several are found.
 */
export async function resolveKey(work: UnitOfWork, plan: ImportPlan, drafts: readonly ImportDraft[]): Promise<void> {
  const fields = new Set(plan.key.flatMap(({ leaf, field }) => (leaf.kind === 'lookup' ? [field] : [])))
  if (fields.size === 0) return
  const keyed = drafts.filter(({ errors }) => errors.length === 0)
  const isOfKey = ({ target }: ImportLookup) => target.position === null && fields.has(target.field)
  const lookups = keyed.flatMap((draft) => draft.lookups.filter(isOfKey).map((lookup) => ({ draft, lookup })))
  for (const sameField of byField(lookups)) {
    const existing = await existingRecords(work, sameField)
    for (const { draft, lookup } of sameField) {
      const found = existing.get(lookup.value) ?? []
      const [record] = found
      if (!record) draft.errors.push(missing(lookup))
      else if (found.length > 1) draft.errors.push(ambiguous(lookup, found.length))
      else putReference(draft, lookup, record.id)
    }
  }
  for (const draft of keyed) draft.lookups.splice(0, Infinity, ...draft.lookups.filter((lookup) => !isOfKey(lookup)))
}

/** Returns the visible records that references to the same field name, by its value. Sends one SQL statement. */
async function existingRecords(work: UnitOfWork, lookups: readonly DraftLookup[]): Promise<Map<string, FoundRecord[]>> {
  const [first] = lookups
  if (!first) return new Map()
  const { object, column } = first.lookup.leaf
  const values = [...new Set(lookups.map(({ lookup }) => lookup.value))]
  return groupBy(await recordsByColumns(work, object, [column], values), ({ values: [value] }) => value ?? '')
}

/** Sets a reference of a draft to the record with this uuid. */
export function putReference(draft: ImportDraft, { target, leaf }: ImportLookup, uuid: string): void {
  setValue(draft, target, encodeId(leaf.object.prefix, uuid))
}

/** A reference and the draft that it belongs to. */
interface DraftLookup {
  readonly draft: ImportDraft
  readonly lookup: ImportLookup
}

function lookupsOf(matched: readonly MatchedDraft[]): DraftLookup[] {
  return matched.flatMap(({ draft }) => draft.lookups.map((lookup) => ({ draft, lookup })))
}

/** Groups references by the object and the field that they look up. */
function byField(all: readonly DraftLookup[]): Iterable<DraftLookup[]> {
  return groupBy(all, ({ lookup: { leaf } }) => `${leaf.object.name}.${leaf.column.name}`).values()
}

/**
 * Returns the value that a row sets in a column by which other rows look records up, as the database stores it; an
 * empty text when the row sets no value in the column.
 */
function valueIn(plan: ImportPlan, draft: ImportDraft, column: string): string {
  const spec = plan.writer.specs.find(({ name }) => name === column)
  const value = draft.input[column]
  if (spec?.kind !== 'column' || value === undefined) return ''
  const parsed = spec.schema.safeParse(value)
  return parsed.success ? String(parsed.data) : ''
}

function missing({ target, leaf, value, path }: ImportLookup): UserError {
  const what = `${leaf.object.name} with the ${leaf.column.name} ${quoted(value)}`
  return notFound([...path, ...targetPath(target)], what)
}

function ambiguous({ target, leaf, value, path }: ImportLookup, count: number): UserError {
  const message = `${count} records of ${leaf.object.name} have the ${leaf.column.name} ${quoted(value)}: it is not clear which record is meant. Refer to it by another field.`
  return { typename: 'InvalidInputError', code: 'AMBIGUOUS', message, path: [...path, ...targetPath(target)] }
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
