import type { Plugin } from '../declare/plugin.ts'
import type { Act } from '../declare/rules/act.ts'
import { notFound, staleVersion } from '../declare/rules/user-errors.ts'
import type { Values } from '../declare/rules/values.ts'
import { actionOf, type OwnedAct } from '../registry/acts.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { UnitOfWork } from '../request/context.ts'
import { isSandboxed } from '../sandbox/running.ts'
import { type ObjectWriter, writerOf } from './input/writer.ts'
import { lock } from './rows/lock.ts'
import { parseDeclaredInput } from './rules/parse-declared-input.ts'
import { checkedPatch } from './rules/rule-patch.ts'
import { runAct } from './rules/run-act.ts'
import type { WriteResult } from './write-update.ts'
import { writeUpdate } from './write-update.ts'

/**
 * Applies a business act (such as `completeTask`) to one record.
 * @param id uuid of the record; null when the id that the client sent is not an id of this object.
 * @param input Input of the client. When its version is not the stored version, the result has an error; a version that
 * is undefined is not checked. The further fields are checked by the schemas that the act declares for them.
 */
export async function actOnRecord(
  work: UnitOfWork,
  object: ObjectType,
  id: string | null,
  { id: _, version, ...given }: Values,
  { act, plugin }: OwnedAct,
): Promise<WriteResult> {
  const { input, errors } = await parseDeclaredInput({ plugin: plugin.id, name: act.name }, act.input ?? {}, given)
  if (errors.length > 0) return { id: null, errors }
  const writer = writerOf(work.context.runtime.registry, object)
  const locked = id === null ? null : await lock(work, writer, id, {}, actionOf(act))
  if (id === null || !locked || locked.row['deletedAt'])
    return { id: null, errors: [notFound(['input', 'id'], object.name)] }
  if (version !== undefined && locked.row['version'] !== version)
    return { id: null, errors: [staleVersion(Number(locked.row['version']), [])] }
  const { row } = locked
  const result = await runAct(work, { act, plugin }, row, input)
  if (result.refusals && result.refusals.length > 0) return { id: null, errors: result.refusals }
  return writeUpdate(
    work,
    writer,
    locked,
    {
      kind: 'update',
      operation: act.name,
      id,
      before: locked.row,
      values: patchOf(work, writer, plugin, act, result.patch),
      items: new Map(),
    },
    {},
  )
}

/** Returns the column values that an act writes. Checks them when the act is declared by a plugin. */
function patchOf(work: UnitOfWork, writer: ObjectWriter, plugin: Plugin, act: Act, patch: Values = {}): Values {
  return isSandboxed(work, plugin)
    ? checkedPatch(work.context.runtime.registry, writer, plugin, act.name, patch)
    : patch
}
