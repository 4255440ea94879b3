import { uuidv7 } from 'uuidv7'
import { raw, Sql } from '../data/sql.ts'
import { startReading } from '../reads/reading.ts'
import type { ObjectType, Variant } from '../schema/registry.ts'
import { constraintError } from './constraints.ts'
import type { PendingWrite, Values, Work } from './define.ts'
import { isRequired } from './inputs.ts'
import { type Parsed, parseInput } from './parse.ts'
import { applyRules } from './rules.ts'
import { difference, snapshotOf } from './snapshot.ts'
import { insertRows } from './sql.ts'
import { missingTargets } from './targets.ts'
import { invalid, type UserError } from './user-errors.ts'
import { type ObjectWriter, specsFor, stamped, variantKey, writerOf } from './writer.ts'

/** What became of one row of a create: a record's uuid, or why not. */
export type Created = { readonly id: string; readonly errors: readonly UserError[] } | { readonly id: null; readonly errors: readonly UserError[] }

export type ErrorPolicy = 'REJECT_ALL' | 'REJECT_FAILED'

interface Draft {
  readonly write: PendingWrite
  readonly parsed: Parsed
  readonly detail: { readonly variant: Variant; readonly values: Values } | null
  readonly existingId: string | null
  readonly errors: readonly UserError[]
}

/**
 * Creates records from inputs, in their order. REJECT_ALL creates all of them or none; REJECT_FAILED creates those
 * without errors. The caller commits or rolls back.
 */
export async function createRecords(work: Work, object: ObjectType, inputs: readonly Values[], policy: ErrorPolicy, pathOf: (index: number) => readonly string[]): Promise<Created[]> {
  const writer = writerOf(work.context.runtime.registry, object)
  const drafts = await draft(work, writer, inputs, pathOf)
  const good = drafts.filter(isGood)
  if (policy === 'REJECT_ALL' && drafts.some(({ errors }) => errors.length > 0)) return drafts.map(({ errors }) => ({ id: null, errors }))
  const failed = await insertGuarded(work, writer, good, policy)
  return drafts.map((each) => {
    const errors = [...each.errors, ...(failed.get(each) ?? [])]
    return errors.length > 0 ? { id: null, errors } : { id: each.existingId ?? each.write.id, errors }
  })
}

function isGood(each: Draft): boolean {
  return each.errors.length === 0 && each.existingId === null
}

async function draft(work: Work, writer: ObjectWriter, inputs: readonly Values[], pathOf: (index: number) => readonly string[]): Promise<Draft[]> {
  const { registry, schema } = work.context.runtime
  const parsed = inputs.map((input, index) => parseRow(work, writer, input, pathOf(index)))
  const reading = startReading({ schema, fragments: {}, variables: {}, registry, actor: work.context.actor })
  const missing = await missingTargets(
    work,
    reading,
    parsed.flatMap((row) => row.parsed.targets),
  )
  const drafts: Draft[] = []
  for (const [index, row] of parsed.entries()) {
    const prefix = pathOf(index).join('.')
    const errors = [...row.parsed.errors, ...missing.filter((error) => error.path?.join('.').startsWith(`${prefix}.`))]
    const write: PendingWrite = { kind: 'create', id: uuidv7(), before: null, values: row.parsed.values, items: row.parsed.items }
    if (errors.length > 0) drafts.push({ write, parsed: row.parsed, detail: row.detail, existingId: null, errors })
    else {
      const answer = await applyRules(work, writer, write)
      drafts.push({ write: answer.write, parsed: row.parsed, detail: row.detail, existingId: answer.existingId, errors: answer.refusals })
    }
  }
  return drafts
}

function parseRow(work: Work, writer: ObjectWriter, input: Values, path: readonly string[]): Pick<Draft, 'parsed' | 'detail'> {
  const { registry } = work.context.runtime
  const { object } = writer
  if (!object.discriminator) return { parsed: parseRequired(work, writer, input, path), detail: null }
  const [key, value] = Object.entries(input)[0] ?? ['', {}]
  const variant = [...object.variants.values()].find((each) => variantKey(each) === key)
  const own: Values = Object.fromEntries(Object.entries(value ?? {}))
  if (!variant) {
    const parsed: Parsed = { values: {}, items: new Map(), targets: [], errors: [invalid(path, `There is no kind ${key} of ${object.name}.`)] }
    return { parsed, detail: null }
  }
  const parsed = parseRequired(work, writer, own, [...path, key])
  const detail = parseInput(registry, writer.details.get(variant.kind) ?? [], own, [...path, key])
  parsed.errors.push(...detail.errors)
  parsed.values[object.discriminator.name] = variant.kind
  return { parsed, detail: { variant, values: detail.values } }
}

function parseRequired(work: Work, writer: ObjectWriter, input: Values, path: readonly string[]): Parsed {
  const parsed = parseInput(work.context.runtime.registry, writer.specs, input, path)
  for (const spec of writer.specs) {
    if (isRequired(spec) && (input[spec.name] === undefined || input[spec.name] === null) && !parsed.errors.some((error) => error.path?.at(-1) === spec.name)) {
      parsed.errors.push(invalid([...path, spec.name], `${spec.name} is required.`))
    }
  }
  return parsed
}

/** Inserts all at once; where the database refuses and the policy allows it, one by one, so that only the guilty fail. */
async function insertGuarded(work: Work, writer: ObjectWriter, drafts: readonly Draft[], policy: ErrorPolicy): Promise<Map<Draft, readonly UserError[]>> {
  const failed = new Map<Draft, readonly UserError[]>()
  if (drafts.length === 0) return failed
  if (policy === 'REJECT_ALL') {
    await insert(work, writer, drafts)
    return failed
  }
  if ((await attempt(work, () => insert(work, writer, drafts))) === null) return failed
  for (const each of drafts) {
    const refused = await attempt(work, () => insert(work, writer, [each]))
    if (refused) failed.set(each, [refused])
  }
  return failed
}

/** Runs writes behind a savepoint; a refusal by the database undoes them and is answered. */
async function attempt(work: Work, write: () => Promise<void>): Promise<UserError | null> {
  const { length } = work.log
  await work.transaction.query(statement('savepoint rows'))
  try {
    await write()
    return null
  } catch (error) {
    const refused = constraintError(error, work.context.runtime.uniqueIndexes)
    if (!refused) throw error
    await work.transaction.query(statement('rollback to savepoint rows'))
    work.log.length = length
    return refused
  }
}

function statement(text: string): Sql {
  return raw(text)
}

async function insert(work: Work, writer: ObjectWriter, drafts: readonly Draft[]): Promise<void> {
  const { object } = writer
  const { transaction, now, context } = work
  const stamps = stamped(object, { version: 1, createdAt: now, updatedAt: now, createdById: context.actor.id, updatedById: context.actor.id })
  // Sent in one go: PostgreSQL runs them in this order, so the record is there before its parts.
  const pending = [
    insertRows(
      transaction,
      object.model,
      drafts.map(({ write }) => ({ ...write.values, ...stamps, id: write.id })),
    ),
  ]
  for (const variant of object.variants.values()) {
    const own = drafts.filter(({ detail }) => detail?.variant === variant)
    if (variant.detail && own.length > 0) {
      pending.push(
        insertRows(
          transaction,
          variant.detail.model,
          own.map(({ write, detail }) => ({ ...detail?.values, id: write.id })),
        ),
      )
    }
  }
  for (const spec of writer.specs) {
    if (spec.kind !== 'items') continue
    const rows = drafts.flatMap(({ write }) => (write.items.get(spec.name) ?? []).map((item) => ({ ...item, [spec.items.parent.name]: write.id })))
    if (rows.length > 0) pending.push(insertRows(transaction, spec.items.model, rows))
  }
  await settle(pending)
  for (const each of drafts) {
    work.log.push({ operation: 'CREATED', type: object.name, recordId: each.write.id, version: 1, changes: initialChanges(work, writer, each) })
    for (const rule of writer.rules) if (rule.after && rule.on.includes('create')) await rule.after(each.write, work)
  }
}

function initialChanges(work: Work, writer: ObjectWriter, each: Draft) {
  const kind = writer.object.discriminator ? each.write.values[writer.object.discriminator.name] : null
  const after = snapshotOf(work.context.runtime.registry, specsFor(writer, kind), { ...each.write.values, ...each.detail?.values }, each.write.items)
  return difference({}, after)
}

/** Waits for all of a pipeline before throwing the first failure. */
export async function settle(pending: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(pending)
  await Promise.all(pending)
}
