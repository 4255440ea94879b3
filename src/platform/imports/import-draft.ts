import type { GraphQLSchema } from 'graphql'
import { invalid, type UserError } from '../declare/rules/user-errors.ts'
import { unescapeFormula } from '../formats/formula-text.ts'
import type { FieldTarget, Leaf } from './field-targets.ts'
import { readCell } from './notation/cells.ts'
import type { CsvRow, CsvTable } from './notation/csv.ts'
import type { ImportPlan } from './plan-import.ts'

/** A row of the file, parsed and not yet written: the input of a create or an update. */
export interface ImportDraft {
  readonly line: number
  /** Path of the row in the mutation's arguments, for errors: `["input", "csv", "17"]`, where 17 is the line. */
  readonly path: readonly string[]
  /** Values by input field, except the values of items. */
  readonly input: Record<string, unknown>
  /** Values of items, by input field and position of the item. */
  readonly items: Map<string, Map<number, Record<string, unknown>>>
  /** References to records by one of their fields. `resolveReferences` looks them up and sets the ids. */
  readonly lookups: ImportLookup[]
  /** Text of each cell, after the replacements, by the path of its field in the record: `emails.0.address`. */
  readonly cells: Map<string, string>
  readonly errors: UserError[]
}

/** A reference of a row to another record, which is identified by the value of one of that record's fields. */
export interface ImportLookup {
  readonly target: FieldTarget
  readonly leaf: Extract<Leaf, { kind: 'lookup' }>
  readonly value: string
  /** Path of the row that names it, for errors. */
  readonly path: readonly string[]
}

/** Returns a draft for each row of a file. An empty cell sets no field. Problems of a row are in the draft's errors. */
export function draftImport(schema: GraphQLSchema, plan: ImportPlan, table: CsvTable): ImportDraft[] {
  return table.rows.map((row) => draftRow(schema, plan, row))
}

function draftRow(schema: GraphQLSchema, plan: ImportPlan, row: CsvRow): ImportDraft {
  const lookups: ImportLookup[] = []
  const draft: ImportDraft = {
    line: row.line,
    path: ['input', 'csv', String(row.line)],
    input: {},
    items: new Map(),
    lookups,
    cells: new Map(),
    errors: [],
  }
  if (row.problem !== null) {
    draft.errors.push(invalid(draft.path, row.problem))
    return draft
  }
  for (const { target, index, replacements, ...notation } of plan.columns) {
    // An export has put an apostrophe before a cell that a spreadsheet would take for a formula.
    const cell = unescapeFormula(row.cells[index] ?? '')
    const text = replacements.find(({ from }) => from === cell)?.to ?? cell
    if (text !== '') setCell(schema, draft, lookups, target, notation, text)
    if (text !== '' && target.leaf.kind === 'amount' && notation.currency !== undefined)
      setValue(
        draft,
        target.position === null ? { ...target, subfield: 'currency' } : { ...target, part: 'currency' },
        notation.currency,
      )
  }
  for (const { target, value } of plan.constants)
    if (isParentSet(draft, target)) setCell(schema, draft, lookups, target, {}, value)
  dropUnfinishedMoney(draft, plan)
  return draft
}

/** Sets the target's value in the draft from the text of a cell, or adds an error to the draft. */
function setCell(
  schema: GraphQLSchema,
  draft: ImportDraft,
  lookups: ImportLookup[],
  target: FieldTarget,
  notation: Parameters<typeof readCell>[2],
  text: string,
): void {
  const { leaf } = target
  draft.cells.set(targetPath(target).join('.'), text)
  if (leaf.kind === 'lookup') {
    const parsed = leaf.schema?.safeParse(text)
    lookups.push({ target, leaf, value: parsed?.success ? String(parsed.data) : text, path: draft.path })
    // Creates the item now, so that constants are set in it, although its reference is looked up later.
    if (target.position !== null) itemAt(draft, target.field, target.position)
    return
  }
  const read = readCell(schema, leaf, notation, text)
  if ('problem' in read) draft.errors.push(invalid([...draft.path, ...targetPath(target)], read.problem))
  else setValue(draft, target, read.value)
}

/** Where a value is in the input of a record. */
type Place = Pick<FieldTarget, 'field' | 'position' | 'subfield' | 'part'>

/** Sets the target's value in the draft. */
export function setValue(draft: ImportDraft, { field, position, subfield, part }: Place, value: unknown): void {
  if (position !== null && subfield !== null) {
    const item = itemAt(draft, field, position)
    item[subfield] = part === null ? value : { ...moneyOf(item[subfield]), [part]: value }
  } else if (subfield === null) draft.input[field] = value
  else draft.input[field] = { ...moneyOf(draft.input[field]), [subfield]: value }
}

/** Returns the path of a target in its row, for errors: `['emails', '0', 'address']`. */
export function targetPath({ field, position, subfield, part }: Place): string[] {
  return [field, position, subfield, part].flatMap((segment) => (segment === null ? [] : [String(segment)]))
}

/**
 * Whether a constant is set in a row. For a field of the record itself: always. For a field of an item or of an amount
 * of money: only when a cell of the row sets another field of the same item or amount. Otherwise the constant would
 * create an item such as an e-mail address that has only a label.
 */
function isParentSet(draft: ImportDraft, { field, position, subfield }: FieldTarget): boolean {
  if (position !== null) return draft.items.get(field)?.has(position) ?? false
  return subfield === null || draft.input[field] !== undefined
}

/** Returns the values of an item in the draft. Creates the item when it does not exist. */
function itemAt(draft: ImportDraft, field: string, position: number): Record<string, unknown> {
  const items = draft.items.get(field) ?? new Map<number, Record<string, unknown>>()
  const item = items.get(position) ?? {}
  draft.items.set(field, items.set(position, item))
  return item
}

function moneyOf(money: unknown): object {
  return money !== null && typeof money === 'object' ? money : {}
}

/** Removes a currency without an amount from the draft. Adds an error for an amount without a currency. */
function dropUnfinishedMoney(draft: ImportDraft, plan: ImportPlan): void {
  for (const { target } of [...plan.columns, ...plan.constants]) {
    if (target.leaf.kind !== 'amount' && target.leaf.kind !== 'currency') continue
    const { field, position, subfield } = target
    const parent = position === null ? draft.input : draft.items.get(field)?.get(position)
    const name = position === null ? field : (subfield ?? '')
    const money = parent?.[name]
    if (!parent || money === null || typeof money !== 'object') continue
    if (!('amount' in money)) delete parent[name]
    else if (!('currency' in money) && draft.errors.length === 0) {
      draft.errors.push(
        invalid(
          [...draft.path, ...targetPath({ ...target, part: null, ...(position === null ? { subfield: null } : {}) })],
          `The amount has no currency. Give the column a currency, or map a column to ${[field, ...(position === null ? [] : [name])].join('.')}.currency.`,
        ),
      )
    }
  }
}
