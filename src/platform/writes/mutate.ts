import { sql } from '../data/sql.ts'
import { type Transaction, transact } from '../data/transaction.ts'
import type { UserError } from '../declare/rules/user-errors.ts'
import type { Values } from '../declare/rules/values.ts'
import { codedError } from '../errors.ts'
import type { Answer } from '../reads/reading.ts'
import { TYPE_NAME } from '../reads/reading.ts'
import type { RequestContext, UnitOfWork } from '../request/context.ts'
import { timeOf } from '../request/time.ts'
import { constraintError } from './constraints.ts'
import { discard, runUnitOfWork, type UnitOfWorkParts } from './unit-of-work.ts'

/** The result of a mutation, as its resolvers read it and as it is stored with an idempotency key. */
export interface Payload {
  /** The written record as the client selects it, by response key. Empty for lists and operations. */
  readonly records: Answer
  readonly userErrors: readonly UserError[]
  /** Only for a mutation with a list as input: one result for each element, in the order of the input. */
  readonly results?: readonly RowResult[]
  /** Only for a mutation with a list as input: number of elements for which a record was created or found. */
  readonly createdCount?: number
  /** Only for an operation: the selected fields of its payload, by response key. */
  readonly values?: Values
  /** Response keys of secret values: they are returned once, and not stored with an idempotency key. */
  readonly secrets?: readonly string[]
}

/** The result of one element of a list that is the input of a mutation. */
export interface RowResult {
  /** Index of the element in the input list. */
  readonly index: number
  /** The record that was written for the element, as in `Payload`. */
  readonly records: Answer
  readonly userErrors: readonly UserError[]
}

/** The two steps of a mutation's transaction. */
export interface MutationParts<Written> {
  /** Writes records. */
  write(work: UnitOfWork): Promise<Written>
  /** Reads the payload: what the client selects of the written records. Runs after the log was appended. */
  answer(work: UnitOfWork, written: Written): Promise<Payload>
}

/**
 * Runs a mutation in one transaction: the writes, their log and audit entries, the payload and the idempotency key. The
 * transaction is rolled back when nothing was written or a constraint of the database is violated.
 * @param path Path of the mutation field in the response. A request with several mutations stores a payload for each
 * path.
 * @throws GraphQLError IDEMPOTENCY_KEY_REUSED as `claimKey`.
 */
export async function mutate<Written>(
  context: RequestContext,
  path: string,
  { write, answer }: MutationParts<Written>,
): Promise<Payload> {
  const key = context.idempotencyKey
  const { payload, isWritten } = await runCatchingConstraints(context, {
    async write(work) {
      const stored = key === null ? null : await claimKey(work.context, work.transaction, key, path)
      // A repeated request gets the stored payload and writes nothing.
      return stored ? { stored } : { stored, written: await write(work) }
    },
    async answer(work, claim) {
      if (claim.stored) return claim.stored
      const payload = await answer(work, claim.written)
      if (isSingleRefusal(payload)) discard(work)
      const isCommitted = work.log.length > 0 || (work.hasPluginStatements && hasNoErrors(payload))
      if (key !== null && isCommitted) await storePayload(context, work.transaction, key, path, payload)
      return payload
    },
    commitsStatements: hasNoErrors,
  })
  return key === null || isWritten ? payload : storePayloadAfterRollback(context, key, path, payload)
}

/** Runs a unit of work. When a constraint of the database is violated, returns a payload with the user error for it. */
async function runCatchingConstraints<Written>(
  context: RequestContext,
  parts: UnitOfWorkParts<Written, Payload>,
): Promise<{ readonly payload: Payload; readonly isWritten: boolean }> {
  try {
    const { result, isWritten } = await runUnitOfWork(context, parts)
    return { payload: result, isWritten }
  } catch (error) {
    const refusal = refusalOf(error, context)
    if (!refusal) throw error
    return { payload: refusal, isWritten: false }
  }
}

/**
 * Whether the mutation writes one record and the write was refused. Then everything is rolled back, also what code of
 * plugins wrote. A list or operation with user errors may have written records, which are committed.
 */
function isSingleRefusal({ userErrors, results, values }: Payload): boolean {
  return userErrors.length > 0 && results === undefined && values === undefined
}

function hasNoErrors({ userErrors }: Payload): boolean {
  return userErrors.length === 0
}

/** Returns the payload for the error of a violated constraint; null for any other error. */
function refusalOf(error: unknown, context: RequestContext): Payload | null {
  const userError = constraintError(error, context.runtime)
  return userError ? { records: {}, userErrors: [userError], results: [], createdCount: 0 } : null
}

/**
 * Stores the payload of a mutation that was rolled back under the idempotency key, in a new transaction, so that a
 * repeated request gets it again. Returns the stored payload. When a concurrent request has stored its payload first,
 * returns that payload.
 */
async function storePayloadAfterRollback(
  context: RequestContext,
  key: string,
  path: string,
  payload: Payload,
): Promise<Payload> {
  return transact(context.runtime.database, context.actor.workspaceId, async (transaction) => {
    const stored = await claimKey(context, transaction, key, path)
    if (!stored) await storePayload(context, transaction, key, path, payload)
    return stored ?? payload
  })
}

/**
 * Claims the idempotency key for this request and returns null, or returns the payload that is stored under it. A
 * concurrent request with the same key waits for the lock on the row of `idempotency_keys` until this transaction has
 * ended.
 * @throws GraphQLError IDEMPOTENCY_KEY_REUSED when the key was used within 24 hours for a different request, or for
 * this request before the caller's rights changed.
 */
async function claimKey(
  context: RequestContext,
  transaction: Transaction,
  key: string,
  path: string,
): Promise<Payload | null> {
  const { actor } = context
  const now = timeOf(context)
  // The stored payload contains what the caller could read at that time: it is not returned to a caller whose rights
  // changed.
  const requestHash = `${context.requestHash} ${actor.rightsVersion}`
  // The column `answer` holds the payload: JSON null until `storePayload` sets it in the same transaction.
  const claimed = await transaction.query(
    sql`insert into idempotency_keys (workspace_id, actor_id, key, path, request_hash, answer, created_at)
        values (${actor.workspaceId}::uuid, ${actor.id}::uuid, ${key}, ${path}, ${requestHash}, 'null', ${now}::timestamptz)
        on conflict (workspace_id, actor_id, key, path) do update
        set request_hash = excluded.request_hash, answer = excluded.answer, created_at = excluded.created_at
        where idempotency_keys.created_at < ${now}::timestamptz - interval '24 hours'
        returning 1`,
  )
  if (claimed.length > 0) return null
  const [stored] = await transaction.query<{ request_hash: string; answer: string }>(
    sql`select request_hash, answer::text as answer from idempotency_keys
        where workspace_id = ${actor.workspaceId}::uuid and actor_id = ${actor.id}::uuid and key = ${key} and path = ${path}`,
  )
  if (stored?.request_hash.startsWith(`${context.requestHash} `) && stored.request_hash !== requestHash) {
    throw codedError(
      'IDEMPOTENCY_KEY_REUSED',
      'Your permissions have changed since this Idempotency-Key was used. Its writes were done: read the records, or send a new key.',
    )
  }
  if (!stored || stored.request_hash !== requestHash) {
    throw codedError(
      'IDEMPOTENCY_KEY_REUSED',
      'This Idempotency-Key was used for another request within 24 hours. Send a new key with a new request.',
    )
  }
  return parsePayload(stored.answer)
}

/** Stores the payload without its secrets under an idempotency key that this transaction has claimed. */
async function storePayload(
  context: RequestContext,
  transaction: Transaction,
  key: string,
  path: string,
  payload: Payload,
): Promise<void> {
  const { actor } = context
  await transaction.query(
    sql`update idempotency_keys set answer = ${serializePayload(withoutSecrets(payload))}::jsonb
        where workspace_id = ${actor.workspaceId}::uuid and actor_id = ${actor.id}::uuid and key = ${key} and path = ${path}`,
  )
}

function withoutSecrets(payload: Payload): Payload {
  const { values = {}, secrets } = payload
  if (!secrets) return payload
  return { ...payload, values: Object.fromEntries(Object.entries(values).filter(([key]) => !secrets.includes(key))) }
}

/** Key under which a stored payload holds the name of an object's GraphQL type. No response key begins with '@'. */
const TYPE_KEY = '@type'

/**
 * Returns the payload as JSON. The names of GraphQL types, which the payload holds under the symbol `TYPE_NAME`, are
 * stored under `TYPE_KEY`. A field whose value is an Error, because its code failed, is stored as null.
 */
function serializePayload(payload: Payload): string {
  return JSON.stringify(payload, function (this: object, key, value: unknown) {
    // `value` is the result of `toJSON` already: only the object itself shows whether it is an error.
    if (Reflect.get(this, key) instanceof Error) return null
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
    const typeName: unknown = Reflect.get(value, TYPE_NAME)
    return typeof typeName === 'string' ? { [TYPE_KEY]: typeName, ...value, [TYPE_NAME]: undefined } : value
  })
}

/** Returns the payload that `serializePayload` turned into JSON. */
function parsePayload(text: string): Payload {
  const payload: unknown = JSON.parse(text, (_key, value: unknown) => {
    if (value === null || typeof value !== 'object' || !(TYPE_KEY in value)) return value
    const { [TYPE_KEY]: typeName, ...answer } = value
    return { ...answer, [TYPE_NAME]: typeName }
  })
  if (!isPayload(payload))
    throw new Error('The value stored under an Idempotency-Key is not the payload of a mutation.')
  return payload
}

function isPayload(value: unknown): value is Payload {
  return value !== null && typeof value === 'object' && 'records' in value && 'userErrors' in value
}
