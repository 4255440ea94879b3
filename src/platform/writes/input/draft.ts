import { uuidv7 } from 'uuidv7'
import type { PendingWrite } from '../../declare/rules/rule.ts'
import { invalid, type UserError, under } from '../../declare/rules/user-errors.ts'
import type { Values } from '../../declare/rules/values.ts'
import { startFinding } from '../../reads/start-reading.ts'
import type { Variant } from '../../registry/object-type.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { applyRules } from '../rules/apply-rules.ts'
import { type LimitedField, requireWritable } from '../writable.ts'
import { isRequired } from './input-specs.ts'
import { type Parsed, parseInput } from './parse.ts'
import { missingTargets } from './targets.ts'
import { type ObjectWriter, operationName, variantKey } from './writer.ts'

/** One row of a create, as the caller sent it. */
export interface Row {
  readonly input: Values
  /** Where its fields are in the arguments: `["input", "records", "3"]`. */
  readonly path: readonly string[]
}

/** A row that was parsed, looked up and ruled upon: ready to be inserted, or refused. */
export interface Draft {
  readonly row: Row
  readonly write: PendingWrite
  readonly detail: { readonly variant: Variant; readonly values: Values } | null
  /** The record that is there already, where a rule found that this is the same. */
  readonly existingId: string | null
  readonly errors: readonly UserError[]
  /** Fields of it that the caller may write of some records only. */
  readonly limited: readonly LimitedField[]
}

interface ParsedRow {
  readonly parsed: Parsed
  readonly detail: Draft['detail']
  /** Path of the fields: below the kind, for an abstract object. */
  readonly path: readonly string[]
  readonly limited: readonly LimitedField[]
}

/** Parses rows, looks for everything they refer to in one statement, and asks the rules. */
export async function draftRows(work: UnitOfWork, writer: ObjectWriter, rows: readonly Row[]): Promise<Draft[]> {
  const parsed = rows.map((row) => parseRow(work, writer, row))
  const reading = startFinding(work.context)
  const targets = parsed.flatMap((row) => row.parsed.targets)
  const missing = await missingTargets(work, reading, targets)
  const drafts: Draft[] = []
  for (const [index, row] of rows.entries()) {
    const each = parsed[index]
    if (each) drafts.push(await draftRow(work, writer, row, each, missing))
  }
  return drafts
}

async function draftRow(
  work: UnitOfWork,
  writer: ObjectWriter,
  row: Row,
  { parsed, detail, path, limited }: ParsedRow,
  missing: readonly UserError[],
): Promise<Draft> {
  const own = missing.filter((error) => path.every((part, index) => error.path?.[index] === part))
  const errors = [...parsed.errors, ...own]
  const write: PendingWrite = {
    kind: 'create',
    operation: operationName(writer.object, 'create'),
    id: uuidv7(),
    before: null,
    values: parsed.values,
    items: parsed.items,
  }
  if (errors.length > 0) return { row, write, detail, existingId: null, errors, limited }
  const ruled = await applyRules(work, writer, write)
  return { row, write: ruled.write, detail, existingId: ruled.existingId, errors: under(path, ruled.refusals), limited }
}

function parseRow(work: UnitOfWork, writer: ObjectWriter, { input, path }: Row): ParsedRow {
  const { registry } = work.context.runtime
  const { object } = writer
  if (!object.discriminator) {
    const limited = requireWritable(work, object, writer.specs, input, 'create')
    return { parsed: parseRequired(work, writer, input, path), detail: null, path, limited }
  }
  const [key, value] = Object.entries(input)[0] ?? ['', {}]
  const variant = [...object.variants.values()].find((each) => variantKey(each) === key)
  if (!variant) {
    const errors = [invalid(path, `There is no kind ${key} of ${object.name}.`)]
    return { parsed: { values: {}, items: new Map(), targets: [], errors }, detail: null, path, limited: [] }
  }
  const own: Values = Object.fromEntries(Object.entries(value ?? {}))
  const below = [...path, key]
  const specs = [...writer.specs, ...(writer.details.get(variant.kind) ?? [])]
  const limited = requireWritable(work, object, specs, own, 'create')
  const parsed = parseRequired(work, writer, own, below)
  const detail = parseInput(registry, writer.details.get(variant.kind) ?? [], own, below)
  parsed.errors.push(...detail.errors)
  parsed.targets.push(...detail.targets)
  parsed.values[object.discriminator.name] = variant.kind
  return { parsed, detail: { variant, values: detail.values }, path: below, limited }
}

function parseRequired(work: UnitOfWork, writer: ObjectWriter, input: Values, path: readonly string[]): Parsed {
  const parsed = parseInput(work.context.runtime.registry, writer.specs, input, path)
  for (const spec of writer.specs) {
    const isMissing = input[spec.name] === undefined || input[spec.name] === null
    const isTold = parsed.errors.some((error) => error.path?.at(-1) === spec.name)
    if (isRequired(spec) && isMissing && !isTold)
      parsed.errors.push(invalid([...path, spec.name], `${spec.name} is required.`))
  }
  return parsed
}
