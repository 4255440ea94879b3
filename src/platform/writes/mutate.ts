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

/** What a mutation answers. */
export interface Payload {
  /** Records selected on the payload, by response key. */
  readonly records: Answer
  readonly userErrors: readonly UserError[]
  /** One for each row of a list of writes, in input order. */
  readonly results?: readonly RowResult[]
  readonly createdCount?: number
  /** What an operation with a payload of its own answers, by response key. */
  readonly values?: Values
  /** Response keys of values that are told once, and not kept. */
  readonly secrets?: readonly string[]
}

/** What became of one row. */
export interface RowResult {
  readonly index: number
  readonly records: Answer
  readonly userErrors: readonly UserError[]
}

/** The two halves of a mutation's transaction. */
export interface MutationParts<Written> {
  /** Writes records. */
  write(work: UnitOfWork): Promise<Written>
  /** Reads the payload, once the log was appended. */
  answer(work: UnitOfWork, written: Written): Promise<Payload>
}

/**
 * Runs the one transaction of a mutation: the writes, their log and audit, the payload and the idempotency key, or nothing.
 * Where nothing was written, or the database itself refuses, all is rolled back.
 */
export async function mutate<Written>(
  context: RequestContext,
  path: string,
  { write, answer }: MutationParts<Written>,
): Promise<Payload> {
  const key = context.idempotencyKey
  const { payload, isWritten } = await written(context, {
    async write(work) {
      const stored = key === null ? null : await claimKey(context, work.transaction, key, path)
      return stored ? { stored } : { stored, written: await write(work) }
    },
    async answer(work, claimed) {
      if (claimed.stored) return claimed.stored
      const payload = await answer(work, claimed.written)
      if (isRefused(payload)) discard(work)
      const isKept = work.log.length > 0 || (work.hasPluginStatements && isDone(payload))
      if (key !== null && isKept) await storeAnswer(context, work.transaction, key, path, payload)
      return payload
    },
    isDone,
  })
  return key === null || isWritten ? payload : keepRefusal(context, key, path, payload)
}

async function written<Written>(
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

/** Whether a write to one record was refused: what plugins wrote on the way is rolled back with it. */
function isRefused({ userErrors, results, values }: Payload): boolean {
  return userErrors.length > 0 && results === undefined && values === undefined
}

function isDone({ userErrors }: Payload): boolean {
  return userErrors.length === 0
}

function refusalOf(error: unknown, context: RequestContext): Payload | null {
  const userError = constraintError(error, context.runtime.uniqueIndexes)
  return userError ? { records: {}, userErrors: [userError], results: [], createdCount: 0 } : null
}

/** A refusal is an answer too: the same key gets it again. */
async function keepRefusal(context: RequestContext, key: string, path: string, payload: Payload): Promise<Payload> {
  return transact(context.runtime.database, context.actor.workspaceId, async (transaction) => {
    const stored = await claimKey(context, transaction, key, path)
    if (!stored) await storeAnswer(context, transaction, key, path, payload)
    return stored ?? payload
  })
}

/**
 * Takes the key for this request, or answers what is stored under it. A second request with the same key that arrives
 * meanwhile waits on the row until this one has committed. Throws for a key that another request has used.
 */
async function claimKey(
  context: RequestContext,
  transaction: Transaction,
  key: string,
  path: string,
): Promise<Payload | null> {
  const { actor } = context
  // An answer holds what could be read then: who has other rights now does not get it again.
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
      'This Idempotency-Key was answered when you had other rights. What it wrote is written: read that, or send a new key.',
    )
  }
  if (!stored || stored.request_hash !== requestHash) {
    throw codedError(
      'IDEMPOTENCY_KEY_REUSED',
      'This Idempotency-Key was used for another request within 24 hours. Send a new key with a new request.',
    )
  }
  return thaw(stored.answer)
}

async function storeAnswer(
  context: RequestContext,
  transaction: Transaction,
  key: string,
  path: string,
  payload: Payload,
): Promise<void> {
  const { actor } = context
  await transaction.query(
    sql`update idempotency_keys set answer = ${freeze(withoutSecrets(payload))}::jsonb
        where workspace_id = ${actor.workspaceId}::uuid and actor_id = ${actor.id}::uuid and key = ${key} and path = ${path}`,
  )
}

function withoutSecrets(payload: Payload): Payload {
  const { values = {}, secrets } = payload
  if (!secrets) return payload
  return { ...payload, values: Object.fromEntries(Object.entries(values).filter(([key]) => !secrets.includes(key))) }
}

// '@' can't begin a GraphQL response key, so this one is free.
const FROZEN_TYPE = '@type'

/** The payload as JSON, with the types that only its symbols tell. A field that failed is kept without a value. */
function freeze(payload: Payload): string {
  return JSON.stringify(payload, function (this: object, key, value: unknown) {
    // An error has turned into JSON by the time it comes here as `value`.
    if (Reflect.get(this, key) instanceof Error) return null
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
    const typeName: unknown = Reflect.get(value, TYPE_NAME)
    return typeof typeName === 'string' ? { [FROZEN_TYPE]: typeName, ...value, [TYPE_NAME]: undefined } : value
  })
}

function thaw(text: string): Payload {
  const payload: unknown = JSON.parse(text, (_key, value: unknown) => {
    if (value === null || typeof value !== 'object' || !(FROZEN_TYPE in value)) return value
    const { [FROZEN_TYPE]: typeName, ...answer } = value
    return { ...answer, [TYPE_NAME]: typeName }
  })
  if (!isPayload(payload)) throw new Error('The stored answer of an Idempotency-Key is not one of a mutation.')
  return payload
}

function isPayload(value: unknown): value is Payload {
  return value !== null && typeof value === 'object' && 'records' in value && 'userErrors' in value
}
