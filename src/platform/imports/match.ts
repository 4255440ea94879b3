import { invalid } from '../declare/rules/user-errors.ts'
import type { UnitOfWork } from '../request/context.ts'
import { type FoundRecord, recordsByColumns, recordsByItem } from './find-records.ts'
import type { ImportDraft } from './import-draft.ts'
import { targetPath } from './import-draft.ts'
import { quoted } from './notation/cells.ts'
import type { ImportPlan, KeyField } from './plan-import.ts'

/** A draft and the record that it is about. */
export interface MatchedDraft {
  readonly draft: ImportDraft
  /** uuid of the existing record; null for a new one. */
  readonly recordId: string | null
}

/**
 * Finds the records that the rows are about, by the plan's key, with one statement. Rows without a key, a second row
 * about the same record, and rows that fit several records get an error. Rows with errors are left out of the result.
 */
export async function matchRecords(
  work: UnitOfWork,
  plan: ImportPlan,
  drafts: readonly ImportDraft[],
): Promise<MatchedDraft[]> {
  const keyed = drafts.filter(({ errors }) => errors.length === 0).flatMap((draft) => withKeys(plan.key, draft))
  const idsByKey = await findRecords(
    work,
    plan,
    keyed.flatMap(({ keys }) => keys),
  )
  const lineByIdentity = new Map<string, number>()
  return keyed.flatMap(({ draft, keys }): MatchedDraft[] => {
    const texts = keys.map((key) => JSON.stringify(key))
    const ids = new Set(texts.flatMap((text) => [...(idsByKey.get(text) ?? [])]))
    // Two rows may name the same record by different values, so its id identifies the record too.
    const identities = [...texts, ...ids]
    const earlierLine = identities.map((identity) => lineByIdentity.get(identity)).find((line) => line !== undefined)
    const [recordId = null] = ids
    if (earlierLine !== undefined)
      addError(
        plan,
        draft,
        `Line ${earlierLine} is about the same ${plan.object.name}: ${describe(plan.key, keys)}. Keep one of the two.`,
      )
    else if (ids.size > 1)
      addError(
        plan,
        draft,
        `${ids.size} records of ${plan.object.name} have ${describe(plan.key, keys)}: it is not clear which one is meant. Match by another field.`,
      )
    else {
      for (const identity of identities) lineByIdentity.set(identity, draft.line)
      return [{ draft, recordId }]
    }
    return []
  })
}

/** A draft with its values of the key. */
interface KeyedDraft {
  readonly draft: ImportDraft
  /** Values of the key's fields. There are several keys when the key is a field of items: one for each item. */
  readonly keys: readonly (readonly string[])[]
}

/**
 * Returns the draft with its keys, in a list; an empty list, and an error in the draft, when a value of the key is
 * empty.
 */
function withKeys(key: readonly KeyField[], draft: ImportDraft): KeyedDraft[] {
  const values = key.map((field) => parsedValues(field, draft))
  const [first = []] = values
  const keys = key.length === 1 ? first.map((value) => [value]) : [values.flat()]
  if (keys.length > 0 && keys.every((keyValues) => keyValues.length === key.length)) return [{ draft, keys }]
  if (draft.errors.length === 0) {
    const empty = key.filter((_, index) => (values[index] ?? []).length === 0).map(({ path }) => path)
    draft.errors.push(
      invalid(
        [...draft.path, ...empty.slice(0, 1)],
        `${empty.join(' and ')} is empty, so the row does not say which record it is about.`,
      ),
    )
  }
  return []
}

/**
 * Returns the draft's values of a key field, as the database stores them. A value that is not valid is an error of the
 * draft.
 */
function parsedValues(field: KeyField, draft: ImportDraft): string[] {
  const { leaf, subfield } = field
  const raw =
    subfield === null
      ? [{ value: draft.input[field.field], position: null }]
      : [...(draft.items.get(field.field) ?? [])].map(([position, values]) => ({ value: values[subfield], position }))
  return raw.flatMap(({ value, position }) => {
    if (value === undefined) return []
    const parsed = leaf.schema.safeParse(value)
    if (parsed.success) return parsed.data === null ? [] : [String(parsed.data)]
    const path = targetPath({ field: field.field, position, subfield })
    draft.errors.push(...parsed.error.issues.map((issue) => invalid([...draft.path, ...path], issue.message)))
    return []
  })
}

/** Returns the ids of the records with each key, by the key as JSON. */
async function findRecords(
  work: UnitOfWork,
  plan: ImportPlan,
  keys: readonly (readonly string[])[],
): Promise<Map<string, Set<string>>> {
  const [first] = plan.key
  const values = [...new Set(keys.map(([value = '']) => value))]
  const ids = new Map<string, Set<string>>()
  for (const { id, values: keyValues } of first ? await recordsOf(work, plan, first, values) : []) {
    const text = JSON.stringify(keyValues)
    ids.set(text, (ids.get(text) ?? new Set()).add(id))
  }
  return ids
}

/** Returns the records whose first key field has one of the values. */
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

function addError(plan: ImportPlan, draft: ImportDraft, message: string): void {
  const [field] = plan.key
  draft.errors.push(invalid([...draft.path, ...(field ? [field.path] : [])], message))
}

/** Returns the first key in words, for messages: `name "Acme"`. */
function describe(key: readonly KeyField[], keys: readonly (readonly string[])[]): string {
  const [first = []] = keys
  return key.map(({ path }, index) => `${path} ${quoted(first[index] ?? '')}`).join(' and ')
}
