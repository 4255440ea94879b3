import { type GraphQLResolveInfo, getNamedType } from 'graphql'
import { sql } from '../../data/sql.ts'
import type { Values } from '../../declare/rules/values.ts'
import { badUserInput } from '../../errors.ts'
import { collectFields, type FieldGroup } from '../../reads/collect.ts'
import { failuresInPlace } from '../../reads/deferred.ts'
import { settleResolved } from '../../reads/fields/resolutions.ts'
import type { Answer } from '../../reads/reading.ts'
import { tuple } from '../../reads/reading.ts'
import { recordsById, uuidFor } from '../../reads/root.ts'
import { subfields } from '../../reads/select.ts'
import { startSelection } from '../../reads/start-reading.ts'
import type { OwnedAct } from '../../registry/acts.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import type { RequestContext, UnitOfWork } from '../../request/context.ts'
import { actOnRecord } from '../../writes/act-on-record.ts'
import { type CreateResult, createRecords, type ErrorPolicy } from '../../writes/create.ts'
import { mutate, type Payload, type RowResult } from '../../writes/mutate.ts'
import { setDeleted } from '../../writes/set-deleted.ts'
import { updateRecord } from '../../writes/update.ts'
import type { WriteResult } from '../../writes/write-update.ts'

/** Resolver of a mutation field: returns the payload for the caller's input. */
export type MutationResolver = (context: RequestContext, input: Values, info: GraphQLResolveInfo) => Promise<Payload>

/** Writes one record with the client's input, in the transaction of the mutation. */
type WriteOne = (work: UnitOfWork, input: Values) => Promise<WriteResult>

function resolveOne(object: ObjectType, write: WriteOne): MutationResolver {
  return (context, input, info) =>
    mutate(context, pathOf(info), {
      write: (work) => write(work, input),
      answer: (work, written) => answerOne(work, object, info, written),
    })
}

export function resolveCreate(object: ObjectType): MutationResolver {
  return resolveOne(object, async (work, input) => {
    const [created] = await createRecords(work, object, [{ input, path: ['input'] }], 'REJECT_ALL')
    return { id: created?.id ?? null, errors: created?.errors ?? [] }
  })
}

export function resolveUpdate(object: ObjectType): MutationResolver {
  return resolveOne(object, (work, input) => updateRecord(work, object, uuidFor(object, input['id']), input))
}

export function resolveDeletion(object: ObjectType, isDeleted: boolean): MutationResolver {
  return resolveOne(object, (work, { id, version }) =>
    setDeleted(work, object, uuidFor(object, id), version, isDeleted),
  )
}

export function resolveAct(object: ObjectType, owned: OwnedAct): MutationResolver {
  return resolveOne(object, (work, input) => actOnRecord(work, object, uuidFor(object, input['id']), input, owned))
}

const MAX_RECORDS = 1_000

export function resolveCreateMany(object: ObjectType): MutationResolver {
  return (context, input, info) => {
    const records = Array.isArray(input['records'])
      ? input['records'].map((record: unknown): Values => Object.fromEntries(Object.entries(record ?? {})))
      : []
    if (records.length > MAX_RECORDS)
      throw badUserInput(
        `records accepts at most ${MAX_RECORDS} entries, not ${records.length}. Send them in several requests.`,
      )
    const policy: ErrorPolicy = input['errorPolicy'] === 'REJECT_FAILED' ? 'REJECT_FAILED' : 'REJECT_ALL'
    return mutate(context, pathOf(info), {
      async write(work) {
        const rows = records.map((record, index) => ({ input: record, path: ['input', 'records', String(index)] }))
        return keepPolicy(work, policy, await createRecords(work, object, rows, policy))
      },
      async answer(work, created) {
        const ids = created.flatMap(({ id }) => id ?? [])
        const found = await readSelected(work, object, info, ids, nestedGroups(work, info, object))
        const results: RowResult[] = created.map(({ id, errors }, index) => ({
          index,
          records: found(id),
          userErrors: errors,
        }))
        return { records: {}, userErrors: created.flatMap(({ errors }) => errors), results, createdCount: ids.length }
      },
    })
  }
}

/**
 * Applies the policy for rows with errors. Under REJECT_ALL nothing may be written when a row failed, so the log is
 * emptied: a transaction with an empty log is rolled back.
 */
function keepPolicy(work: UnitOfWork, policy: ErrorPolicy, created: readonly CreateResult[]): readonly CreateResult[] {
  if (policy === 'REJECT_FAILED' || created.every(({ errors }) => errors.length === 0)) return created
  work.log.length = 0
  return created.map(({ errors }) => ({ id: null, errors }))
}

function pathOf(info: GraphQLResolveInfo): string {
  return String(info.path.key)
}

/** Returns the payload of a write of one record: what the client selects of it, read in the same transaction. */
async function answerOne(
  work: UnitOfWork,
  object: ObjectType,
  info: GraphQLResolveInfo,
  written: WriteResult,
): Promise<Payload> {
  if (written.id === null) return { records: {}, userErrors: written.errors }
  const found = await readSelected(work, object, info, [written.id], payloadGroups(work, info, object))
  return { records: found(written.id), userErrors: [] }
}

/**
 * Returns what the client selects of the record in the payload, by response key: a client may select the field with the
 * record several times, under different aliases.
 */
function payloadGroups(work: UnitOfWork, info: GraphQLResolveInfo, object: ObjectType): Map<string, FieldGroup> {
  const reading = startSelection(work.context, info)
  const sets = info.fieldNodes.flatMap((node) => (node.selectionSet ? [node.selectionSet] : []))
  return recordFields(collectFields(reading, payloadName(info), sets), object)
}

/**
 * Does the same as `payloadGroups` for the payload of a mutation that creates several records, which has the records in
 * `results`.
 */
function nestedGroups(work: UnitOfWork, info: GraphQLResolveInfo, object: ObjectType): Map<string, FieldGroup> {
  const reading = startSelection(work.context, info)
  const sets = info.fieldNodes.flatMap((node) => (node.selectionSet ? [node.selectionSet] : []))
  const typeName = payloadName(info)
  const groups = new Map<string, FieldGroup>()
  for (const group of collectFields(reading, typeName, sets).values()) {
    if (group[0].name.value !== 'results') continue
    for (const [key, field] of recordFields(subfields(reading, typeName.replace(/Payload$/, 'Result'), group), object))
      groups.set(key, field)
  }
  return groups
}

function payloadName(info: GraphQLResolveInfo): string {
  return getNamedType(info.returnType).name
}

function recordFields(groups: ReadonlyMap<string, FieldGroup>, object: ObjectType): Map<string, FieldGroup> {
  return new Map([...groups].filter(([, group]) => group[0].name.value === object.singular))
}

/**
 * Reads what the client selects of the records, in one statement. Returns a function that takes the uuid of a record
 * and returns the record's values by response key. The values are null for a record that the caller may not see.
 */
async function readSelected(
  work: UnitOfWork,
  object: ObjectType,
  info: GraphQLResolveInfo,
  ids: readonly string[],
  groups: ReadonlyMap<string, FieldGroup>,
): Promise<(id: string | null) => Answer> {
  if (ids.length === 0 || groups.size === 0) return () => ({})
  const reading = startSelection(work.context, info, work.transaction)
  const parts = [...groups].map(([key, group]) => ({ key, compiled: recordsById(reading, object, ids, group, true) }))
  const list = tuple(parts.map(({ compiled }) => compiled.sql))
  const [row] = await work.transaction.query<{ answer: string }>(sql`select ${list.sql} as answer`)
  const values = list.elements(JSON.parse(row?.answer ?? '[]'))
  const found = parts.map(({ key, compiled }, index) => ({ key, records: compiled.shape(values[index] ?? null) }))
  const answers = found.map(({ records }) => [...records.values()])
  await settleResolved(reading, answers, [], failuresInPlace)
  return (id) => Object.fromEntries(found.map(({ key, records }) => [key, (id !== null && records.get(id)) || null]))
}
