import { rowOf } from '../../data/row.ts'
import { and, hiddenFromPlanner, ident, join, type Sql, sql } from '../../data/sql.ts'
import type { RecordValues } from '../../declare/record-types.ts'
import type { RecordUpsert, RecordWrite, UpsertOptions } from '../../declare/records.ts'
import { invalid, type UserError, under } from '../../declare/rules/user-errors.ts'
import type { Values } from '../../declare/rules/values.ts'
import { visibilityConditions } from '../../permissions/visible.ts'
import { startFinding } from '../../reads/start-reading.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { createRecords } from '../../writes/create.ts'
import type { DraftSource, InputRow } from '../../writes/input/draft.ts'
import type { InputSpec } from '../../writes/input/input-specs.ts'
import { parseInput } from '../../writes/input/parse.ts'
import { writerOf } from '../../writes/input/writer.ts'
import { parameterOf } from '../../writes/rows/row-statements.ts'
import { attemptWrite } from '../../writes/savepoint.ts'
import { updateRecord } from '../../writes/update.ts'
import { publishedColumns } from './record-find.ts'
import { createInput, updateInput } from './record-input.ts'

/** Parsed inputs of an upsert, with the key: the fields by which an input finds its existing record. */
export interface Upsert {
  readonly object: ObjectType
  /** Input fields that together identify a record. */
  readonly key: readonly KeySpec[]
  readonly incoming: readonly IncomingRecord[]
  readonly options: UpsertOptions<string>
}

type KeySpec = Extract<InputSpec, { kind: 'column' | 'relation' }>

/** One input of an upsert. */
interface IncomingRecord {
  readonly index: number
  /** Path of the input in the arguments. */
  readonly path: readonly string[]
  /** Input as the plugin passed it. */
  readonly input: RecordValues
  /** The input, coerced to the input type of a create. */
  readonly row: Values
  /** Values of the columns that the input sets, by the model's field names. */
  readonly columns: Values
  /** Values of the key's fields as one text: inputs for the same record have the same text. */
  readonly key: string
  /** User errors of the input; when there are any, the record is not written. */
  readonly errors: readonly UserError[]
}

/**
 * Parses the inputs of an upsert: each input updates the stored record with the same key, or else creates a record.
 * @param pathOf Returns the path, in the arguments, of the input with this index.
 * @throws Error when an input is not valid for the API, or when no unique index has exactly the fields of the key.
 */
export function readUpsert(
  work: UnitOfWork,
  object: ObjectType,
  inputs: readonly RecordValues[],
  options: UpsertOptions<string>,
  pathOf: (index: number) => readonly string[],
): Upsert {
  const { registry, uniqueIndexes } = work.context.runtime
  const { specs } = writerOf(registry, object)
  const by = options.by ?? object.naturalKey
  const key = by.flatMap((name): KeySpec[] => {
    const spec = specs.find((candidate) => candidate.name === name)
    return spec?.kind === 'column' || spec?.kind === 'relation' ? [spec] : []
  })
  const columns = new Set(['workspace_id', ...key.map(({ column }) => column.column)])
  const isUnique = [...uniqueIndexes.values()].some(
    (index) =>
      index.table === object.model.table &&
      index.isKey &&
      index.columns.length === columns.size &&
      index.columns.every((column) => columns.has(column)),
  )
  if (key.length === 0 || key.length < by.length || !isUnique)
    throw new Error(
      `Records of ${object.name} are not identified by ${by.join(', ') || 'a natural key'}. Name in \`by\` the input fields of a unique index.`,
    )
  const incoming = inputs.map((input, index): IncomingRecord => {
    const row = createInput(work, object, null, input)
    const path = pathOf(index)
    const { values, errors } = parseInput(registry, specs, row, path)
    const absent = key.filter(({ name }) => row[name] === undefined || row[name] === null)
    const absentErrors = absent.map(({ name }) =>
      invalid([...path, name], `${name} identifies the record: it is required.`),
    )
    return { index, path, input, row, columns: values, key: keyOf(key, values), errors: [...absentErrors, ...errors] }
  })
  return { object, key, incoming, options }
}

function keyOf(key: readonly KeySpec[], values: Values): string {
  return JSON.stringify(key.map(({ column }) => values[column.name]))
}

/**
 * Creates and updates records, in rounds, and returns the outcomes in the order of the inputs. Each round handles only
 * one input for each key, so that several inputs with the same key are written one after the other. When a create is
 * refused because another transaction has just created a record with the key, the next round updates that record.
 */
export async function upsertRecords(work: UnitOfWork, upsert: Upsert): Promise<RecordUpsert[]> {
  const outcomes = new Map<IncomingRecord, RecordUpsert>()
  for (const incoming of upsert.incoming)
    if (incoming.errors.length > 0)
      outcomes.set(incoming, { id: null, outcome: 'UNCHANGED', userErrors: incoming.errors })
  const duplicates = new Map<IncomingRecord, RecordUpsert>()
  while (outcomes.size < upsert.incoming.length) {
    const round = firstOfEachKey(upsert.incoming.filter((incoming) => !outcomes.has(incoming)))
    const existing = await lockExistingRows(work, upsert, round)
    const missing: IncomingRecord[] = []
    for (const incoming of round) {
      const row = existing.get(incoming.key)
      const refused = duplicates.get(incoming)
      if (row) outcomes.set(incoming, await updateExisting(work, upsert, incoming, row))
      // The create was refused as a duplicate, and there is still no record with this key. So the input has the same
      // value as an existing record in another field that has to be unique.
      else if (refused) outcomes.set(incoming, refused)
      else missing.push(incoming)
    }
    for (const [incoming, created] of await createMissing(work, upsert, missing))
      if (created.userErrors.some(({ code }) => code === 'DUPLICATE')) duplicates.set(incoming, created)
      else outcomes.set(incoming, created)
  }
  return upsert.incoming.flatMap((incoming) => outcomes.get(incoming) ?? [])
}

function firstOfEachKey(incoming: readonly IncomingRecord[]): IncomingRecord[] {
  const first = new Map<string, IncomingRecord>()
  for (const record of incoming) if (!first.has(record.key)) first.set(record.key, record)
  return [...first.values()]
}

/**
 * Returns the existing rows by key, locked until the transaction ends. When several rows have the same key, returns the
 * row that is not soft-deleted.
 */
async function lockExistingRows(
  work: UnitOfWork,
  { object, key }: Upsert,
  incoming: readonly IncomingRecord[],
): Promise<Map<string, Values>> {
  const { model, where } = object
  const { transaction } = work
  const selected = [...model.columns.values()].map(({ column, name }) => sql`${ident(column)} as ${ident(name)}`)
  const tuples = incoming.map(
    ({ columns }) => sql`(${join(key.map(({ column }) => parameterOf(column, columns[column.name])))})`,
  )
  const condition = and([
    sql`workspace_id = ${hiddenFromPlanner(transaction.workspaceId)}`,
    sql`(${join(key.map(({ column }) => ident(column.column)))}) in (${join(tuples)})`,
    ...(where ? [sql`${ident(where.column.column)} = ${where.equals}`] : []),
    ...visibleRows(work, object),
  ])
  // Rows are locked in a fixed order, so that two transactions that upsert the same records do not deadlock.
  const rows = await transaction.query<Values>(
    sql`select ${join(selected)} from ${ident(model.table)} where ${condition} order by id for no key update`,
  )
  const rowsByKey = new Map<string, Values>()
  for (const row of rows) {
    const text = keyOf(key, row)
    if (!rowsByKey.has(text) || !row['deletedAt']) rowsByKey.set(text, row)
  }
  return rowsByKey
}

/**
 * Returns SQL conditions for the rows that are visible to the caller, including soft-deleted rows. For a statement that
 * selects from the object's table without an alias.
 */
function visibleRows(work: UnitOfWork, object: ObjectType): Sql[] {
  const reading = startFinding(work.context)
  return visibilityConditions(reading, object, rowOf(ident(object.model.table), object.model), { includeDeleted: true })
}

async function createMissing(work: UnitOfWork, { object }: Upsert, missing: readonly IncomingRecord[]) {
  // Records are created in a fixed order, so that two transactions that create the same records do not deadlock.
  const sorted = missing.toSorted((one, other) => (one.key < other.key ? -1 : 1))
  const { length } = work.log
  const rows = sorted.map(({ row: input, path }) => ({ input, path }))
  const created = rows.length > 0 ? await createRecords(work, object, rows, 'REJECT_FAILED') : []
  const ids = new Set(work.log.slice(length).flatMap((entry) => (entry.operation === 'CREATED' ? entry.recordId : [])))
  return sorted.map((incoming, index): readonly [IncomingRecord, RecordUpsert] => {
    const { id, errors } = created[index] ?? { id: null, errors: [] }
    return [incoming, { id, outcome: id !== null && ids.has(id) ? 'CREATED' : 'UNCHANGED', userErrors: errors }]
  })
}

async function updateExisting(
  work: UnitOfWork,
  { object, options }: Upsert,
  { input, path, columns }: IncomingRecord,
  row: Values,
): Promise<RecordUpsert> {
  const id = String(row['id'])
  if (row['deletedAt']) return { id: null, outcome: 'UNCHANGED', userErrors: [] }
  const stored = Object.fromEntries(publishedColumns(object).map(({ name }) => [name, row[name]]))
  if (options.isNewer && !options.isNewer(columns, stored)) return { id, outcome: 'UNCHANGED', userErrors: [] }
  const changes = updateInput(work, object, { ...input, ...options.amend?.(columns, stored) })
  const { length } = work.log
  const written = await attemptWrite(work, () => updateRecord(work, object, id, changes))
  const isWritten = work.log.slice(length).some(({ recordId }) => recordId === id)
  return { id: written.id, outcome: isWritten ? 'UPDATED' : 'UNCHANGED', userErrors: under(path, written.errors) }
}

/** Creates records from inputs, as `createRecords` of the writes does. A refused input does not prevent the others from being created. */
export async function createEach(
  work: UnitOfWork,
  object: ObjectType,
  rows: readonly InputRow[],
  source?: DraftSource,
): Promise<RecordWrite[]> {
  const created = rows.length > 0 ? await createRecords(work, object, rows, 'REJECT_FAILED', source) : []
  return created.map(({ id, errors }) => ({ id, userErrors: errors }))
}
