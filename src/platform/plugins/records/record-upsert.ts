import { rowOf } from '../../data/row.ts'
import { and, hiddenFromPlanner, ident, join, type Sql, sql } from '../../data/sql.ts'
import type { RecordUpsert, RecordValues, RecordWrite, UpsertOptions } from '../../declare/plugin-context.ts'
import { invalid, type UserError, under } from '../../declare/rules/user-errors.ts'
import type { Values } from '../../declare/rules/values.ts'
import { visible } from '../../permissions/visible.ts'
import { startFinding } from '../../reads/start-reading.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { createRecords } from '../../writes/create.ts'
import type { Row } from '../../writes/input/draft.ts'
import type { InputSpec } from '../../writes/input/input-specs.ts'
import { parseInput } from '../../writes/input/parse.ts'
import { writerOf } from '../../writes/input/writer.ts'
import { bound } from '../../writes/rows/row-statements.ts'
import { attemptWrite } from '../../writes/savepoint.ts'
import { updateRecord } from '../../writes/update.ts'
import { publishedColumns } from './record-find.ts'
import { createInput, updateInput } from './record-input.ts'

/** Inputs of an upsert, with what tells which records they are about. */
export interface Upsert {
  readonly object: ObjectType
  readonly key: readonly KeySpec[]
  readonly incoming: readonly IncomingRecord[]
  readonly options: UpsertOptions<string>
}

type KeySpec = Extract<InputSpec, { kind: 'column' | 'relation' }>

/** One input. */
interface IncomingRecord {
  readonly index: number
  /** Where it is in the arguments. */
  readonly path: readonly string[]
  /** As the plugin handed it over. */
  readonly input: RecordValues
  /** As a create takes it. */
  readonly row: Values
  /** Columns that it sets. */
  readonly columns: Values
  /** Its key as text: the same for the same record. */
  readonly key: string
  readonly errors: readonly UserError[]
}

/**
 * Reads the inputs, each of which has its place in the arguments.
 * @throws Error where they are not what the API takes, or nothing unique tells the records apart.
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
    const spec = specs.find((each) => each.name === name)
    return spec?.kind === 'column' || spec?.kind === 'relation' ? [spec] : []
  })
  const columns = new Set(['workspace_id', ...key.map(({ column }) => column.column)])
  const isUnique = [...uniqueIndexes.values()].some(
    (index) =>
      index.table === object.model.table &&
      index.isPlain &&
      index.columns.length === columns.size &&
      index.columns.every((column) => columns.has(column)),
  )
  if (key.length === 0 || key.length < by.length || !isUnique)
    throw new Error(
      `Records of ${object.name} are not told apart by ${by.join(', ') || 'a natural key'}. Name in \`by\` the input fields of a unique index.`,
    )
  const incoming = inputs.map((input, index): IncomingRecord => {
    const row = createInput(work, object, null, input)
    const path = pathOf(index)
    const { values, errors } = parseInput(registry, specs, row, path)
    const missing = key.filter(({ name }) => row[name] === undefined || row[name] === null)
    const left = missing.map(({ name }) => invalid([...path, name], `${name} tells which record it is: give one.`))
    return { index, path, input, row, columns: values, key: keyOf(key, values), errors: [...left, ...errors] }
  })
  return { object, key, incoming, options }
}

function keyOf(key: readonly KeySpec[], values: Values): string {
  return JSON.stringify(key.map(({ column }) => values[column.name]))
}

/**
 * Creates and updates what is told. Inputs of one key take turns, and so do those whose record somebody else has created
 * meanwhile: it is there in the next turn.
 */
export async function upsertRecords(work: UnitOfWork, upsert: Upsert): Promise<RecordUpsert[]> {
  const done = new Map<IncomingRecord, RecordUpsert>()
  for (const incoming of upsert.incoming)
    if (incoming.errors.length > 0) done.set(incoming, { id: null, outcome: 'UNCHANGED', userErrors: incoming.errors })
  const duplicates = new Map<IncomingRecord, RecordUpsert>()
  while (done.size < upsert.incoming.length) {
    const turn = firstOfEach(upsert.incoming.filter((incoming) => !done.has(incoming)))
    const known = await knownRows(work, upsert, turn)
    const fresh: IncomingRecord[] = []
    for (const incoming of turn) {
      const row = known.get(incoming.key)
      const refused = duplicates.get(incoming)
      if (row) done.set(incoming, await revise(work, upsert, incoming, row))
      // Another record has another of its unique values.
      else if (refused) done.set(incoming, refused)
      else fresh.push(incoming)
    }
    for (const [incoming, created] of await createFresh(work, upsert, fresh))
      if (created.userErrors.some(({ code }) => code === 'DUPLICATE')) duplicates.set(incoming, created)
      else done.set(incoming, created)
  }
  return upsert.incoming.flatMap((incoming) => done.get(incoming) ?? [])
}

function firstOfEach(incoming: readonly IncomingRecord[]): IncomingRecord[] {
  const first = new Map<string, IncomingRecord>()
  for (const each of incoming) if (!first.has(each.key)) first.set(each.key, each)
  return [...first.values()]
}

/** Rows by key, locked until the transaction ends; of several with a key the one that is not put away. */
async function knownRows(
  work: UnitOfWork,
  { object, key }: Upsert,
  incoming: readonly IncomingRecord[],
): Promise<Map<string, Values>> {
  const { model, where } = object
  const { transaction } = work
  const selected = [...model.columns.values()].map(({ column, name }) => sql`${ident(column)} as ${ident(name)}`)
  const tuples = incoming.map(
    ({ columns }) => sql`(${join(key.map(({ column }) => bound(column, columns[column.name])))})`,
  )
  const met = and([
    sql`workspace_id = ${hiddenFromPlanner(transaction.workspaceId)}`,
    sql`(${join(key.map(({ column }) => ident(column.column)))}) in (${join(tuples)})`,
    ...(where ? [sql`${ident(where.column.column)} = ${where.equals}`] : []),
    ...visibleRows(work, object),
  ])
  // In one order, so that two who are told of the same records wait for each other and never both ways.
  const rows = await transaction.query<Values>(
    sql`select ${join(selected)} from ${ident(model.table)} where ${met} order by id for no key update`,
  )
  const known = new Map<string, Values>()
  for (const row of rows) {
    const text = keyOf(key, row)
    if (!known.has(text) || !row['deletedAt']) known.set(text, row)
  }
  return known
}

/** Conditions of the rows that the caller may see, put away or not, in a statement over the object's table alone. */
function visibleRows(work: UnitOfWork, object: ObjectType): Sql[] {
  const reading = startFinding(work.context)
  return visible(reading, object, rowOf(ident(object.model.table), object.model), { includeDeleted: true })
}

async function createFresh(work: UnitOfWork, { object }: Upsert, fresh: readonly IncomingRecord[]) {
  const sorted = fresh.toSorted((one, other) => (one.key < other.key ? -1 : 1))
  const { length } = work.log
  const rows = sorted.map(({ row: input, path }) => ({ input, path }))
  const created = rows.length > 0 ? await createRecords(work, object, rows, 'REJECT_FAILED') : []
  const ids = new Set(work.log.slice(length).flatMap((entry) => (entry.operation === 'CREATED' ? entry.recordId : [])))
  return sorted.map((incoming, index): readonly [IncomingRecord, RecordUpsert] => {
    const { id, errors } = created[index] ?? { id: null, errors: [] }
    return [incoming, { id, outcome: id !== null && ids.has(id) ? 'CREATED' : 'UNCHANGED', userErrors: errors }]
  })
}

async function revise(
  work: UnitOfWork,
  { object, options }: Upsert,
  { input, path, columns }: IncomingRecord,
  row: Values,
): Promise<RecordUpsert> {
  const id = String(row['id'])
  if (row['deletedAt']) return { id: null, outcome: 'UNCHANGED', userErrors: [] }
  const known = Object.fromEntries(publishedColumns(object).map(({ name }) => [name, row[name]]))
  if (options.isNewer && !options.isNewer(columns, known)) return { id, outcome: 'UNCHANGED', userErrors: [] }
  const changes = updateInput(work, object, { ...input, ...options.amend?.(columns, known) })
  const { length } = work.log
  const written = await attemptWrite(work, () => updateRecord(work, object, id, changes))
  const isWritten = work.log.slice(length).some(({ recordId }) => recordId === id)
  return { id: written.id, outcome: isWritten ? 'UPDATED' : 'UNCHANGED', userErrors: under(path, written.errors) }
}

/** Creates records from inputs, each by itself. */
export async function createEach(work: UnitOfWork, object: ObjectType, rows: readonly Row[]): Promise<RecordWrite[]> {
  const created = rows.length > 0 ? await createRecords(work, object, rows, 'REJECT_FAILED') : []
  return created.map(({ id, errors }) => ({ id, userErrors: errors }))
}
