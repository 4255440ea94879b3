import { awaitAll } from '../async/await-all.ts'
import type { Plugin } from '../declare/plugin.ts'
import type { Act } from '../declare/rules/act.ts'
import type { PendingWrite } from '../declare/rules/rule.ts'
import { invalid, notFound, staleVersion, type UserError } from '../declare/rules/user-errors.ts'
import type { Values } from '../declare/rules/values.ts'
import { startFinding } from '../reads/start-reading.ts'
import { actionOf, type OwnedAct } from '../registry/acts.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { Work } from '../request/context.ts'
import { isLimited } from '../sandbox/running.ts'
import { type Parsed, parseInput } from './input/parse.ts'
import { missingTargets } from './input/targets.ts'
import { loggedSpecs, type ObjectWriter, operationName, stamped, variantKey, writerOf } from './input/writer.ts'
import { transferErrors } from './own-reach.ts'
import { itemsOf, type Locked, lock } from './rows/lock.ts'
import { deleteRows, insertRows, updateRow } from './rows/row-statements.ts'
import { difference, snapshotOf } from './rows/snapshot.ts'
import { applyRules, runAfter } from './rules/apply-rules.ts'
import { checkedPatch } from './rules/rule-patch.ts'
import { runAct } from './rules/run-act.ts'
import { staleness } from './stale.ts'
import { type LimitedField, requireFieldsReached, requireWritable } from './writable.ts'

/** What became of a write to one record. */
export interface Written {
  readonly id: string | null
  readonly errors: readonly UserError[]
}

/** Updates the fields that the input holds. A stale version changes nothing and tells the conflicts. */
export async function updateRecord(work: Work, object: ObjectType, id: string | null, input: Values): Promise<Written> {
  const writer = writerOf(work.context.runtime.registry, object)
  const locked = id === null ? null : await lock(work, writer, id, input, 'update')
  if (id === null || !locked || locked.row['deletedAt'])
    return { id: null, errors: [notFound(['input', 'id'], object.name)] }
  const limited = requireWritable(work, object, writer.specs, input, 'update')
  const { parsed, detail, limited: inDetail } = parseUpdate(work, writer, locked, input)
  await requireFieldsReached(work, object, [id], [...limited, ...inDetail], 'update')
  const stale = await staleness(work, writer, locked, id, input, parsed, detail.values)
  if (stale) return { id: null, errors: [stale] }
  const reading = startFinding(work.context)
  const errors = [
    ...parsed.errors,
    ...detail.errors,
    ...(await missingTargets(work, reading, [...parsed.targets, ...detail.targets])),
  ]
  if (errors.length > 0) return { id: null, errors }
  return write(
    work,
    writer,
    locked,
    {
      kind: 'update',
      operation: operationName(object, 'update'),
      id,
      before: locked.row,
      values: parsed.values,
      items: parsed.items,
    },
    detail.values,
  )
}

/** Applies a business act to one record. */
export async function actOnRecord(
  work: Work,
  object: ObjectType,
  id: string | null,
  version: unknown,
  { act, plugin }: OwnedAct,
): Promise<Written> {
  const writer = writerOf(work.context.runtime.registry, object)
  const locked = id === null ? null : await lock(work, writer, id, {}, actionOf(act))
  if (id === null || !locked || locked.row['deletedAt'])
    return { id: null, errors: [notFound(['input', 'id'], object.name)] }
  if (version !== undefined && locked.row['version'] !== version)
    return { id: null, errors: [staleVersion(Number(locked.row['version']), [])] }
  const { row } = locked
  const answer = await runAct(work, { act, plugin }, row)
  if (answer.refusals && answer.refusals.length > 0) return { id: null, errors: answer.refusals }
  return write(
    work,
    writer,
    locked,
    {
      kind: 'update',
      operation: act.name,
      id,
      before: locked.row,
      values: patchOf(work, writer, plugin, act, answer.patch),
      items: new Map(),
    },
    {},
  )
}

function patchOf(work: Work, writer: ObjectWriter, plugin: Plugin, act: Act, patch: Values = {}): Values {
  return isLimited(work, plugin) ? checkedPatch(work.context.runtime.registry, writer, plugin, act.name, patch) : patch
}

/** Puts a record away, or takes it back. */
export async function setDeleted(
  work: Work,
  object: ObjectType,
  id: string | null,
  version: unknown,
  isDeleted: boolean,
): Promise<Written> {
  const writer = writerOf(work.context.runtime.registry, object)
  const locked = id === null ? null : await lock(work, writer, id, {}, 'delete')
  const isThere = locked && (locked.row['deletedAt'] === null) === isDeleted
  if (id === null || !locked || !isThere) return { id: null, errors: [notFound(['input', 'id'], object.name)] }
  if (version !== undefined && version !== null && locked.row['version'] !== version)
    return { id: null, errors: [staleVersion(Number(locked.row['version']), [])] }
  const kind = isDeleted ? 'delete' : 'restore'
  const ruled = await applyRules(work, writer, {
    kind,
    operation: operationName(object, kind),
    id,
    before: locked.row,
    values: {},
    items: new Map(),
  })
  if (ruled.refusals.length > 0) return { id: null, errors: ruled.refusals }
  const deletedAt = isDeleted ? work.now : null
  const next = Number(locked.row['version']) + 1
  await updateRow(work.transaction, object.model, id, {
    ...ruled.write.values,
    deletedAt,
    ...stamps(work, object, next),
  })
  const changes = { deletedAt: { from: plainInstant(locked.row['deletedAt']), to: plainInstant(deletedAt) } }
  work.log.push({
    operation: isDeleted ? 'DELETED' : 'RESTORED',
    type: object.name,
    recordId: id,
    version: next,
    changes,
  })
  await runAfter(work, writer, ruled.write)
  return { id, errors: [] }
}

function plainInstant(value: unknown): string | null {
  return value instanceof Date ? value.toISOString() : null
}

function parseUpdate(
  work: Work,
  writer: ObjectWriter,
  locked: Locked,
  input: Values,
): { readonly parsed: Parsed; readonly detail: Parsed; readonly limited: readonly LimitedField[] } {
  const { registry } = work.context.runtime
  const parsed = parseInput(registry, writer.specs, input, ['input'])
  const detail: Parsed = { values: {}, items: new Map(), targets: [], errors: [] }
  const limited: LimitedField[] = []
  for (const variant of writer.object.variants.values()) {
    const own = input[variantKey(variant)]
    if (own === undefined || own === null) continue
    if (variant.kind !== locked.kind)
      detail.errors.push(invalid(['input', variantKey(variant)], `The record is no ${variant.name}.`))
    else {
      const specs = writer.details.get(variant.kind) ?? []
      const given: Values = Object.fromEntries(Object.entries(own))
      limited.push(...requireWritable(work, writer.object, specs, given, 'update'))
      const read = parseInput(registry, specs, given, ['input', variantKey(variant)])
      Object.assign(detail.values, read.values)
      detail.errors.push(...read.errors)
      detail.targets.push(...read.targets)
    }
  }
  return { parsed, detail, limited }
}

async function write(
  work: Work,
  writer: ObjectWriter,
  locked: Locked,
  pending: PendingWrite,
  detail: Values,
): Promise<Written> {
  const { object } = writer
  const { registry } = work.context.runtime
  const kept = await transferErrors(work, object, pending)
  if (kept.length > 0) return { id: null, errors: kept }
  const ruled = await applyRules(work, writer, pending)
  if (ruled.refusals.length > 0) return { id: null, errors: ruled.refusals }
  const specs = loggedSpecs(writer, locked.kind)
  // Parts that the caller left alone and a rule did not.
  const patched = [...ruled.write.items.keys()].filter((field) => !locked.items.has(field))
  const items = patched.length > 0 ? await itemsOf(work, writer, pending.id, patched) : []
  const after = { ...locked.row, ...ruled.write.values, ...detail }
  const changes = difference(
    snapshotOf(registry, specs, locked.row, new Map([...locked.items, ...items])),
    snapshotOf(registry, specs, after, ruled.write.items),
  )
  // Columns that rules keep in step, such as a primary address, are no input; they change only with one.
  if (Object.keys(changes).length === 0 && !hasOtherChange(locked.row, ruled.write.values))
    return { id: pending.id, errors: [] }
  const next = Number(locked.row['version']) + 1
  const { transaction } = work
  const own = object.variants.get(String(locked.kind))?.detail
  const sent = [
    updateRow(transaction, object.model, pending.id, { ...ruled.write.values, ...stamps(work, object, next) }),
  ]
  if (own && Object.keys(detail).length > 0) sent.push(updateRow(transaction, own.model, pending.id, detail))
  for (const spec of writer.specs) {
    const rows = spec.kind === 'items' && changes[spec.name] ? ruled.write.items.get(spec.name) : undefined
    if (spec.kind !== 'items' || !rows) continue
    sent.push(deleteRows(transaction, spec.items.model, spec.items.parent, pending.id))
    if (rows.length > 0) {
      sent.push(
        insertRows(
          transaction,
          spec.items.model,
          rows.map((row) => ({ ...row, [spec.items.parent.name]: pending.id })),
        ),
      )
    }
  }
  await awaitAll(sent)
  work.log.push({ operation: 'UPDATED', type: object.name, recordId: pending.id, version: next, changes })
  await runAfter(work, writer, ruled.write)
  return { id: pending.id, errors: [] }
}

function hasOtherChange(before: Values, values: Values): boolean {
  return Object.entries(values).some(
    ([name, value]) =>
      JSON.stringify(before[name] ?? null) !== JSON.stringify(value ?? null) && !isSameAmount(before[name], value),
  )
}

function isSameAmount(one: unknown, other: unknown): boolean {
  return (
    typeof one === 'string' &&
    typeof other === 'string' &&
    one.trim() !== '' &&
    Number(one) === Number(other) &&
    /^-?[\d.]+$/.test(one)
  )
}

function stamps(work: Work, object: ObjectType, version: number): Values {
  return stamped(object, { version, updatedAt: work.now, updatedById: work.context.actor.id })
}
