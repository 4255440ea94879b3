import { sql } from '../data/sql.ts'
import { type Transaction, transact } from '../data/transaction.ts'
import type { UserError } from '../declare/rules/user-errors.ts'
import type { Values } from '../declare/rules/values.ts'
import { codedError } from '../errors.ts'
import type { Answer } from '../reads/reading.ts'
import { TYPE_NAME } from '../reads/reading.ts'
import type { RequestContext, UnitOfWork } from '../request/context.ts'
import { constraintError } from './constraints.ts'
import { discard, runUnitOfWork, type UnitOfWorkParts } from './unit-of-work.ts'

/** The result of a mutation. */
export interface Payload {
  /** Records selected on the payload, by response key. */
  readonly records: Answer
  readonly userErrors: readonly UserError[]
  /** One result for each row of a mutation that writes a list, in the order of the input. */
  readonly results?: readonly RowResult[]
  readonly createdCount?: number
  /** Fields of an operation's payload, by response key. */
  readonly values?: Values
  /** Response keys of secret values: they are returned once, and not stored with an idempotency key. */
  readonly secrets?: readonly string[]
}

/** The result of one row of a mutation that writes a list. */
export interface RowResult {
  readonly index: number
  readonly records: Answer
  readonly userErrors: readonly UserError[]
}

/** The two steps of a mutation's transaction. */
export interface MutationParts<Written> {
  /** Writes records. */
  write(work: UnitOfWork): Promise<Written>
  /** Reads the payload, after the log was appended. */
  answer(work: UnitOfWork, written: Written): Promise<Payload>
}

/**
 * Runs a mutation in one transaction: the writes, their log and audit entries, the payload and the idempotency key. The
 * transaction is rolled back when nothing was written or a constraint of the database is violated.
 * @param path Path of the mutation field in the response. An idempotency key is stored for each path.
 * @throws GraphQLError IDEMPOTENCY_KEY_REUSED when another request used the key within 24 hours.
 */
export async function mutate<Written>(
  context: RequestContext,
  path: string,
  { write, answer }: MutationParts<Written>,
): Promise<Payload> {
  const key = context.idempotencyKey
  const { payload, isWritten } = await runCatchingConstraints(context, {
    async write(work) {
      const stored = key === null ? null : await claimKey(context, work.transaction, key, path)
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

/** Runs a unit of work; a violated constraint becomes a payload with its user error. */
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
 * Whether a write of one record was refused: statements that plugins sent in its transaction are then rolled back too.
 */
function isSingleRefusal({ userErrors, results, values }: Payload): boolean {
  return userErrors.length > 0 && results === undefined && values === undefined
}

function hasNoErrors({ userErrors }: Payload): boolean {
  return userErrors.length === 0
}

/** Returns the payload for a violated constraint, or null for any other error. */
function refusalOf(error: unknown, context: RequestContext): Payload | null {
  const userError = constraintError(error, context.runtime.uniqueIndexes)
  return userError ? { records: {}, userErrors: [userError], results: [], createdCount: 0 } : null
}

/**
 * Stores a payload for which nothing was committed under the idempotency key, in a transaction of its own, so that the
 * same request gets it again. Returns the payload that is stored under the key, which is that of a concurrent request
 * if there was one.
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
 * concurrent request with the same key waits for the lock on the row until this transaction has ended.
 * @throws GraphQLError IDEMPOTENCY_KEY_REUSED when another request, or the caller with other rights, used the key.
 */
async function claimKey(
  context: RequestContext,
  transaction: Transaction,
  key: string,
  path: string,
): Promise<Payload | null> {
  const { actor } = context
  // The stored payload contains what the caller could read at that time: it is not returned to a caller whose rights
  // changed.
  const requestHash = `${context.requestHash} ${actor.rightsVersion}`
  const claimed = await transaction.query(
    sql`insert into idempotency_keys (workspace_id, actor_id, key, path, request_hash, answer, created_at)
        values (${actor.workspaceId}::uuid, ${actor.id}::uuid, ${key}, ${path}, ${requestHash}, 'null', now())
        on conflict (workspace_id, actor_id, key, path) do update
        set request_hash = excluded.request_hash, answer = excluded.answer, created_at = excluded.created_at
        where idempotency_keys.created_at < now() - interval '24 hours'
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

/** Stores the payload, without secrets, under an idempotency key that this transaction has claimed. */
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

/** Key of an object's GraphQL type in a stored payload. No response key begins with '@'. */
const TYPE_KEY = '@type'

/**
 * Returns the payload as JSON. It contains the GraphQL types, which the payload has under a symbol. A field that failed
 * is stored as null.
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

/** Restores a payload from its JSON. */
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
