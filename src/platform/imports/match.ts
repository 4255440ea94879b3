import { decodeId } from '../declare/record-id.ts'
import { invalid } from '../declare/rules/user-errors.ts'
import type { UnitOfWork } from '../request/context.ts'
import { type FoundRecord, recordsByColumns, recordsByItem } from './find-records.ts'
import type { ImportDraft } from './import-draft.ts'
import { targetPath } from './import-draft.ts'
import { quoted } from './notation/cells.ts'
import type { ImportPlan, KeyField } from './plan-import.ts'

/** A draft and the record that its row updates or creates. */
export interface MatchedDraft {
  readonly draft: ImportDraft
  /** uuid of the existing record; null when the row creates a record. */
  readonly recordId: string | null
}

/**
 * Finds the existing record of each row by the plan's key (the fields that identify a record), with one SQL statement.
 * Adds an error to a row without a value for the key, to a second row for the same record, and to a row that matches
 * several records. Rows with errors are left out of the result.
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
    // Two rows may identify the same record by different values, such as by two of its e-mail addresses. So the id of
    // the record is compared too.
    const identities = [...texts, ...ids]
    const earlierLine = identities.map((identity) => lineByIdentity.get(identity)).find((line) => line !== undefined)
    const [recordId = null] = ids
    if (earlierLine !== undefined)
      addError(
        plan,
        draft,
        `Line ${earlierLine} is about the same ${plan.object.name}: ${describe(plan.key, keys, draft)}. Keep one of the two.`,
      )
    else if (ids.size > 1)
      addError(
        plan,
        draft,
        `${ids.size} records of ${plan.object.name} have ${describe(plan.key, keys, draft)}: it is not clear which record is meant. Match by another field.`,
      )
    else {
      for (const identity of identities) lineByIdentity.set(identity, draft.line)
      return [{ draft, recordId }]
    }
    return []
  })
}

/** A draft with its values for the fields of the key. */
interface KeyedDraft {
  readonly draft: ImportDraft
  /**
   * Lists of values for the key's fields. Usually one list; when the key is a field of items, one list for each item of
   * the row.
   */
  readonly keys: readonly (readonly string[])[]
}

/**
 * Returns a list with only the draft and its keys. When a value of the key is missing or not valid, adds an error to
 * the draft and returns an empty list.
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
 * Returns the draft's values for a field of the key, as the database stores them. Leaves out a value that is not valid
 * and adds an error to the draft.
 */
function parsedValues(field: KeyField, draft: ImportDraft): string[] {
  const { leaf, subfield } = field
  if (leaf.kind === 'lookup') {
    const id = draft.input[field.field]
    const uuid = typeof id === 'string' ? decodeId(id)?.uuid : undefined
    return uuid === undefined ? [] : [uuid]
  }
  const raw =
    subfield === null
      ? [{ value: draft.input[field.field], position: null }]
      : [...(draft.items.get(field.field) ?? [])].map(([position, values]) => ({ value: values[subfield], position }))
  return raw.flatMap(({ value, position }) => {
    if (value === undefined) return []
    const parsed = leaf.schema.safeParse(value)
    if (parsed.success) return parsed.data === null ? [] : [String(parsed.data)]
    const path = targetPath({ field: field.field, position, subfield, part: null })
    draft.errors.push(...parsed.error.issues.map((issue) => invalid([...draft.path, ...path], issue.message)))
    return []
  })
}

/** Returns the uuids of the existing records that may match, grouped by the record's key as JSON. */
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
  if (spec?.kind === 'items') return recordsByItem(work, plan.object, spec.items, first.column, values)
  return recordsByColumns(
    work,
    plan.object,
    plan.key.map(({ column }) => column),
    values,
  )
}

function addError(plan: ImportPlan, draft: ImportDraft, message: string): void {
  const [field] = plan.key
  draft.errors.push(invalid([...draft.path, ...(field ? [field.path] : [])], message))
}

/** Returns the names of the key's fields with the values of the first key, for messages: `name "Acme"`. */
function describe(key: readonly KeyField[], keys: readonly (readonly string[])[], draft: ImportDraft): string {
  const [first = []] = keys
  const textOf = (field: KeyField, index: number) =>
    field.leaf.kind === 'lookup' ? draft.cells.get(targetPath(field).join('.')) : first[index]
  return key.map((field, index) => `${field.path} ${quoted(textOf(field, index) ?? '')}`).join(' and ')
}
