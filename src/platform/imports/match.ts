import { invalid } from '../declare/rules/user-errors.ts'
import type { UnitOfWork } from '../request/context.ts'
import { type FoundRecord, recordsByColumns, recordsByItem } from './find-records.ts'
import type { ImportDraft } from './import-draft.ts'
import { placeOf } from './import-draft.ts'
import { quoted } from './notation/cells.ts'
import type { ImportPlan, KeyField } from './plan-import.ts'

/** A draft and the record that it is about: the uuid of one that is there, or null for a new one. */
export interface MatchedDraft {
  readonly draft: ImportDraft
  readonly recordId: string | null
}

/**
 * Finds the records that the rows are about, by the plan's key, in one statement. Rows without a key, rows about the same
 * record and rows that fit several records get an error and are left out, like those that have one already.
 */
export async function matchRecords(
  work: UnitOfWork,
  plan: ImportPlan,
  drafts: readonly ImportDraft[],
): Promise<MatchedDraft[]> {
  const keyed = drafts.filter(({ errors }) => errors.length === 0).flatMap((draft) => withKeys(plan.key, draft))
  const found = await findRecords(
    work,
    plan,
    keyed.flatMap(({ keys }) => keys),
  )
  const lines = new Map<string, number>()
  return keyed.flatMap(({ draft, keys }): MatchedDraft[] => {
    const texts = keys.map((key) => JSON.stringify(key))
    const ids = new Set(texts.flatMap((text) => [...(found.get(text) ?? [])]))
    // Two rows may name one record by different values: its id is a key as well.
    const marks = [...texts, ...ids]
    const earlier = marks.map((mark) => lines.get(mark)).find((line) => line !== undefined)
    const [recordId = null] = ids
    if (earlier !== undefined)
      refuse(
        plan,
        draft,
        `Line ${earlier} is about the same ${plan.object.name}: ${describe(plan.key, keys)}. Keep one of the two.`,
      )
    else if (ids.size > 1)
      refuse(
        plan,
        draft,
        `${ids.size} records of ${plan.object.name} have ${describe(plan.key, keys)}: nothing tells which is meant. Match by another field.`,
      )
    else {
      for (const mark of marks) lines.set(mark, draft.line)
      return [{ draft, recordId }]
    }
    return []
  })
}

interface Keyed {
  readonly draft: ImportDraft
  /** Values of the key's fields; several where a part of a list is the key. */
  readonly keys: readonly (readonly string[])[]
}

function withKeys(key: readonly KeyField[], draft: ImportDraft): Keyed[] {
  const values = key.map((field) => parsedValues(field, draft))
  const [first = []] = values
  const keys = key.length === 1 ? first.map((value) => [value]) : [values.flat()]
  if (keys.length > 0 && keys.every((each) => each.length === key.length)) return [{ draft, keys }]
  if (draft.errors.length === 0) {
    const empty = key.filter((_, index) => (values[index] ?? []).length === 0).map(({ path }) => path)
    draft.errors.push(
      invalid(
        [...draft.path, ...empty.slice(0, 1)],
        `${empty.join(' and ')} is empty, so nothing tells which record the row is about.`,
      ),
    )
  }
  return []
}

/** The key's values as the database holds them. */
function parsedValues(field: KeyField, draft: ImportDraft): string[] {
  const { leaf, part } = field
  const raw =
    part === null
      ? [{ value: draft.input[field.field], position: null }]
      : [...(draft.parts.get(field.field) ?? [])].map(([position, values]) => ({ value: values[part], position }))
  return raw.flatMap(({ value, position }) => {
    if (value === undefined) return []
    const parsed = leaf.schema.safeParse(value)
    if (parsed.success) return parsed.data === null ? [] : [String(parsed.data)]
    const place = placeOf({ field: field.field, position, part })
    draft.errors.push(...parsed.error.issues.map((issue) => invalid([...draft.path, ...place], issue.message)))
    return []
  })
}

async function findRecords(
  work: UnitOfWork,
  plan: ImportPlan,
  keys: readonly (readonly string[])[],
): Promise<Map<string, Set<string>>> {
  const [first] = plan.key
  const values = [...new Set(keys.map(([value = '']) => value))]
  const ids = new Map<string, Set<string>>()
  for (const { id, values: own } of first ? await recordsOf(work, plan, first, values) : []) {
    const text = JSON.stringify(own)
    ids.set(text, (ids.get(text) ?? new Set()).add(id))
  }
  return ids
}

function recordsOf(
  work: UnitOfWork,
  plan: ImportPlan,
  first: KeyField,
  values: readonly string[],
): Promise<FoundRecord[]> {
  const spec = plan.writer.specs.find(({ name }) => name === first.field)
  if (spec?.kind === 'items') return recordsByItem(work, plan.object, spec.items, first.leaf.column, values)
  return recordsByColumns(
    work,
    plan.object,
    plan.key.map(({ leaf }) => leaf.column),
    values,
  )
}

function refuse(plan: ImportPlan, draft: ImportDraft, message: string): void {
  const [field] = plan.key
  draft.errors.push(invalid([...draft.path, ...(field ? [field.path] : [])], message))
}

function describe(key: readonly KeyField[], keys: readonly (readonly string[])[]): string {
  const [first = []] = keys
  return key.map(({ path }, index) => `${path} ${quoted(first[index] ?? '')}`).join(' and ')
}
