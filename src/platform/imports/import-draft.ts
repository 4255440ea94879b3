import type { GraphQLSchema } from 'graphql'
import { invalid, type UserError } from '../declare/rules/user-errors.ts'
import type { FieldTarget, Leaf } from './field-targets.ts'
import { readCell } from './notation/cells.ts'
import type { CsvRow, CsvTable } from './notation/csv.ts'
import type { ImportPlan } from './plan-import.ts'

/** One row on its way to being a record. */
export interface ImportDraft {
  readonly line: number
  /** Where its fields are in the arguments: `["input", "csv", "17"]`. */
  readonly path: readonly string[]
  /** Values of plain fields and of money, by input field. */
  readonly input: Record<string, unknown>
  /** Parts, by input field and position. */
  readonly parts: Map<string, Map<number, Record<string, unknown>>>
  /** References by a field of the other record, to be looked for. */
  readonly lookups: readonly ImportLookup[]
  /** What the file says, by the place of the field in the row. */
  readonly cells: Map<string, string>
  readonly errors: UserError[]
}

export interface ImportLookup {
  readonly target: FieldTarget
  readonly leaf: Extract<Leaf, { kind: 'lookup' }>
  readonly value: string
}

/** Reads the rows of a file by the plan. An empty cell says nothing: its field is left out. */
export function draftImport(schema: GraphQLSchema, plan: ImportPlan, table: CsvTable): ImportDraft[] {
  return table.rows.map((row) => draftRow(schema, plan, row))
}

function draftRow(schema: GraphQLSchema, plan: ImportPlan, row: CsvRow): ImportDraft {
  const lookups: ImportLookup[] = []
  const draft: ImportDraft = {
    line: row.line,
    path: ['input', 'csv', String(row.line)],
    input: {},
    parts: new Map(),
    lookups,
    cells: new Map(),
    errors: [],
  }
  if (row.problem !== null) {
    draft.errors.push(invalid(draft.path, row.problem))
    return draft
  }
  for (const { target, index, replacements, ...notation } of plan.columns) {
    const cell = row.cells[index] ?? ''
    const text = replacements.find(({ from }) => from === cell)?.to ?? cell
    if (text !== '') fill(schema, draft, lookups, target, notation, text)
    if (text !== '' && target.leaf.kind === 'amount' && notation.currency !== undefined)
      put(draft, { ...target, part: 'currency' }, notation.currency)
  }
  for (const { target, value } of plan.constants)
    if (isWanted(draft, target)) fill(schema, draft, lookups, target, {}, value)
  dropUnfinishedMoney(draft, plan)
  return draft
}

function fill(
  schema: GraphQLSchema,
  draft: ImportDraft,
  lookups: ImportLookup[],
  target: FieldTarget,
  notation: Parameters<typeof readCell>[2],
  text: string,
): void {
  const { leaf } = target
  draft.cells.set(placeOf(target).join('.'), text)
  if (leaf.kind === 'lookup') {
    const parsed = leaf.schema?.safeParse(text)
    lookups.push({ target, leaf, value: parsed?.success ? String(parsed.data) : text })
    // The part is there, also before what it refers to is found.
    if (target.position !== null) partOf(draft, target.field, target.position)
    return
  }
  const read = readCell(schema, leaf, notation, text)
  if ('problem' in read) draft.errors.push(invalid([...draft.path, ...placeOf(target)], read.problem))
  else put(draft, target, read.value)
}

/** Puts a value into its place in the draft. */
export function put(
  draft: ImportDraft,
  { field, position, part }: Pick<FieldTarget, 'field' | 'position' | 'part'>,
  value: unknown,
): void {
  if (position !== null && part !== null) partOf(draft, field, position)[part] = value
  else if (part === null) draft.input[field] = value
  else draft.input[field] = { ...moneyOf(draft, field), [part]: value }
}

/** Where a target is in a row, for the path of an error. */
export function placeOf({ field, position, part }: Pick<FieldTarget, 'field' | 'position' | 'part'>): string[] {
  return [field, position, part].flatMap((each) => (each === null ? [] : [String(each)]))
}

/** Constants alone make no part and no amount: an address of which only the label is known is none. */
function isWanted(draft: ImportDraft, { field, position, part }: FieldTarget): boolean {
  if (position !== null) return draft.parts.get(field)?.has(position) ?? false
  return part === null || draft.input[field] !== undefined
}

function partOf(draft: ImportDraft, field: string, position: number): Record<string, unknown> {
  const list = draft.parts.get(field) ?? new Map<number, Record<string, unknown>>()
  const part = list.get(position) ?? {}
  draft.parts.set(field, list.set(position, part))
  return part
}

function moneyOf(draft: ImportDraft, field: string): object {
  const money = draft.input[field]
  return money !== null && typeof money === 'object' ? money : {}
}

/** A currency without an amount is none; an amount without a currency is wrong. */
function dropUnfinishedMoney(draft: ImportDraft, plan: ImportPlan): void {
  for (const { target } of [...plan.columns, ...plan.constants]) {
    if (target.leaf.kind !== 'amount' && target.leaf.kind !== 'currency') continue
    const money = draft.input[target.field]
    if (money === null || typeof money !== 'object') continue
    if (!('amount' in money)) delete draft.input[target.field]
    else if (!('currency' in money) && draft.errors.length === 0) {
      draft.errors.push(
        invalid(
          [...draft.path, target.field],
          `The amount has no currency. Give one with the column, or map a column to ${target.field}.currency.`,
        ),
      )
    }
  }
}
