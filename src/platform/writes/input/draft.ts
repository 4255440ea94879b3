import { uuidv7 } from 'uuidv7'
import type { PendingWrite } from '../../declare/rules/rule.ts'
import { invalid, type UserError, under } from '../../declare/rules/user-errors.ts'
import type { Values } from '../../declare/rules/values.ts'
import { startFinding } from '../../reads/start-reading.ts'
import type { Variant } from '../../registry/object-type.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { applyRulesToAll } from '../rules/apply-rules.ts'
import { type LimitedField, requireWritable } from '../writable.ts'
import { isRequired } from './input-specs.ts'
import { type ParsedInput, parseInput } from './parse.ts'
import { missingTargets } from './targets.ts'
import { type ObjectWriter, operationName, variantKey } from './writer.ts'

/** The input of one new record, as the caller sent it. It is not a table row. */
export interface InputRow {
  readonly input: Values
  /** Path of the input in the arguments: `["input", "records", "3"]`. */
  readonly path: readonly string[]
}

/** A new record that is parsed and checked by the rules: ready to be inserted, or refused. */
export interface Draft {
  /** The input from which the draft was parsed. */
  readonly row: InputRow
  readonly write: PendingWrite
  /** Values of the variant's detail table; null for a concrete object. */
  readonly detail: { readonly variant: Variant; readonly values: Values } | null
  /** uuid of an existing record that a rule found to be the same as the new one; null otherwise. */
  readonly existingId: string | null
  readonly errors: readonly UserError[]
  /** Fields of the input that the caller may write only on some records. They are checked after the insert. */
  readonly limitedFields: readonly LimitedField[]
}

/** Makes drafts of input rows. */
export interface DraftSource {
  /** Returns one draft for each input row, in the same order, after the rules before each write have run. */
  draft(work: UnitOfWork, writer: ObjectWriter, rows: readonly InputRow[]): Promise<Draft[]>
  /** Whether the caller needs access to the records that are created. */
  readonly checksAccess: boolean
}

/** An input row whose fields are parsed. */
interface ParsedRow {
  readonly parsed: ParsedInput
  readonly detail: Draft['detail']
  /** Path of the record's fields in the arguments; for an abstract object it ends with the key of the variant. */
  readonly path: readonly string[]
  readonly limitedFields: readonly LimitedField[]
}

/** Drafts of inputs as clients send them. */
export const clientInputs: DraftSource = { draft: draftRows, checksAccess: true }

/**
 * Parses the input rows, looks up all records that they refer to with one statement, and runs the rules before each
 * write. Returns one draft for each input row, in the same order.
 * @throws GraphQLError FORBIDDEN when the caller may not write a field of an input row.
 */
async function draftRows(work: UnitOfWork, writer: ObjectWriter, rows: readonly InputRow[]): Promise<Draft[]> {
  const parsed = rows.map((row) => parseRow(work, writer, row))
  const reading = startFinding(work.context)
  const targets = parsed.flatMap((row) => row.parsed.targets)
  const missing = await missingTargets(work, reading, targets)
  return ruleDrafts(
    work,
    writer,
    rows.flatMap((row, index) => {
      const parsedRow = parsed[index]
      return parsedRow ? [{ draft: unruledDraft(writer, row, parsedRow, missing), path: parsedRow.path }] : []
    }),
  )
}

/** Returns the draft of an input row, before the rules have run. */
function unruledDraft(
  writer: ObjectWriter,
  row: InputRow,
  { parsed, detail, path, limitedFields }: ParsedRow,
  missing: readonly UserError[],
): Draft {
  // `missing` has the errors of all input rows. The errors of this row are those whose path begins with its path.
  const missingHere = missing.filter((error) => path.every((key, index) => error.path?.[index] === key))
  const write: PendingWrite = {
    kind: 'create',
    // The mutation, such as `createAccount`. The log's `operation` is something else: CREATED.
    operation: operationName(writer.object, 'create'),
    id: uuidv7(),
    before: null,
    values: parsed.values,
    items: parsed.items,
  }
  return { row, write, detail, existingId: null, errors: [...parsed.errors, ...missingHere], limitedFields }
}

/** A draft, and the path of its fields in the arguments, which the errors of rules get. */
export interface UnruledDraft {
  readonly draft: Draft
  readonly path: readonly string[]
}

/** Runs the rules before the writes of all drafts without errors, and returns the drafts in the same order. */
export async function ruleDrafts(
  work: UnitOfWork,
  writer: ObjectWriter,
  unruled: readonly UnruledDraft[],
): Promise<Draft[]> {
  const valid = unruled.filter(({ draft }) => draft.errors.length === 0)
  const results = await applyRulesToAll(
    work,
    writer,
    valid.map(({ draft }) => draft.write),
  )
  const ruled = new Map(valid.map(({ draft }, index) => [draft, results[index]]))
  return unruled.map(({ draft, path }) => {
    const result = ruled.get(draft)
    if (!result) return draft
    const { write, existingId, refusals } = result
    return { ...draft, write, existingId, errors: under(path, refusals) }
  })
}

function parseRow(work: UnitOfWork, writer: ObjectWriter, { input, path }: InputRow): ParsedRow {
  const { registry } = work.context.runtime
  const { object } = writer
  if (!object.discriminator) {
    const limitedFields = requireWritable(work, object, writer.specs, input, 'create')
    return { parsed: parseRequired(work, writer, input, path), detail: null, path, limitedFields }
  }
  // The input of an abstract object has exactly one field (GraphQL's @oneOf), which names the variant.
  const [key, value] = Object.entries(input)[0] ?? ['', {}]
  const variant = [...object.variants.values()].find((candidate) => variantKey(candidate) === key)
  if (!variant) {
    const errors = [invalid(path, `There is no kind ${key} of ${object.name}.`)]
    return { parsed: { values: {}, items: new Map(), targets: [], errors }, detail: null, path, limitedFields: [] }
  }
  const variantInput: Values = Object.fromEntries(Object.entries(value ?? {}))
  const variantPath = [...path, key]
  const specs = [...writer.specs, ...(writer.details.get(variant.kind) ?? [])]
  const limitedFields = requireWritable(work, object, specs, variantInput, 'create')
  const parsed = parseRequired(work, writer, variantInput, variantPath)
  const detail = parseInput(registry, writer.details.get(variant.kind) ?? [], variantInput, variantPath)
  parsed.errors.push(...detail.errors)
  parsed.targets.push(...detail.targets)
  parsed.values[object.discriminator.name] = variant.kind
  return { parsed, detail: { variant, values: detail.values }, path: variantPath, limitedFields }
}

/** Parses the object's own fields of a new record. Adds an error for each required field that is missing. */
function parseRequired(work: UnitOfWork, writer: ObjectWriter, input: Values, path: readonly string[]): ParsedInput {
  const parsed = parseInput(work.context.runtime.registry, writer.specs, input, path)
  for (const spec of writer.specs) {
    const isMissing = input[spec.name] === undefined || input[spec.name] === null
    const hasError = parsed.errors.some((error) => error.path?.at(-1) === spec.name)
    if (isRequired(spec) && isMissing && !hasError)
      parsed.errors.push(invalid([...path, spec.name], `${spec.name} is required.`))
  }
  return parsed
}
