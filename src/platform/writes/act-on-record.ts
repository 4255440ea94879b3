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
import { checkedPatch } from './rules/rule-patch.ts'
import { runAct } from './rules/run-act.ts'
import type { Written } from './write-update.ts'
import { writeUpdate } from './write-update.ts'

/** Applies a business act to one record. */
export async function actOnRecord(
  work: UnitOfWork,
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
  return writeUpdate(
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

function patchOf(work: UnitOfWork, writer: ObjectWriter, plugin: Plugin, act: Act, patch: Values = {}): Values {
  return isSandboxed(work, plugin)
    ? checkedPatch(work.context.runtime.registry, writer, plugin, act.name, patch)
    : patch
}
