import { hiddenFromPlanner, sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { encodeId } from '../../../platform/declare/record-id.ts'
import type { UserError } from '../../../platform/declare/rules/user-errors.ts'
import { objectNamed } from '../../../platform/registry/registry.ts'
import type { UnitOfWork } from '../../../platform/request/context.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { withPermissions } from '../../../platform/writes/elevated.ts'
import { updateRecord } from '../../../platform/writes/update.ts'
import type { MadeRecords } from './make-records.ts'

/**
 * Moves the tasks of a lead to the contact that it became, and adds the contact, the account and the opportunity to the records
 * that its interactions are about: they are in the timeline of each, and stay in that of the lead. All of them move, also those
 * that are hidden from the caller: otherwise nobody would find them with the contact.
 */
export async function moveActivities(context: PluginContext, leadId: string, made: MadeRecords): Promise<void> {
  const work = withPermissions(workOf(context), ['*:read', 'task:update', 'interaction:update'])
  const { tasks, interactions } = await activitiesOf(context, leadId)
  for (const id of tasks) await update(work, 'Task', id, { regardingId: encodeId('contact', made.contactId) })
  const added = [
    encodeId('contact', made.contactId),
    ...(made.accountId === null ? [] : [encodeId('account', made.accountId)]),
    ...(made.opportunityId === null ? [] : [encodeId('opportunity', made.opportunityId)]),
  ]
  for (const { id, regarding } of interactions) {
    const stored = regarding.map(({ type, id: uuid }) =>
      encodeId(objectNamed(work.context.runtime.registry, type).prefix, uuid),
    )
    await update(work, 'Interaction', id, { regardingIds: [...new Set([...stored, ...added])] })
  }
}

interface Activities {
  readonly tasks: readonly string[]
  readonly interactions: readonly {
    readonly id: string
    readonly regarding: readonly { readonly type: string; readonly id: string }[]
  }[]
}

/** By SQL: one statement for both, and the link tables have no API. */
async function activitiesOf({ transaction }: PluginContext, leadId: string): Promise<Activities> {
  const ws = hiddenFromPlanner(transaction.workspaceId)
  const [found] = await transaction.query<{ [Name in keyof Activities]: Activities[Name] }>(sql`select
    coalesce((select jsonb_agg(t.id order by t.id) from tasks t
      where t.workspace_id = ${ws} and t.regarding_id = ${leadId}::uuid and t.deleted_at is null), '[]') as tasks,
    coalesce((select jsonb_agg(jsonb_build_object('id', i.id, 'regarding', (
        select jsonb_agg(jsonb_build_object('type', r.record_type, 'id', r.record_id) order by r.position, r.id)
        from interaction_regarding r where r.workspace_id = i.workspace_id and r.interaction_id = i.id)) order by i.id)
      from interaction_regarding l join interactions i on i.workspace_id = l.workspace_id and i.id = l.interaction_id
      where l.workspace_id = ${ws} and l.record_id = ${leadId}::uuid and i.deleted_at is null), '[]') as interactions`)
  return found ?? { tasks: [], interactions: [] }
}

async function update(
  work: UnitOfWork,
  object: string,
  id: string,
  input: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { errors } = await updateRecord(work, objectNamed(work.context.runtime.registry, object), id, input)
  if (errors.length > 0) throw new Error(`The ${object} ${id} of a lead could not be moved: ${textOf(errors)}`)
}

function textOf(errors: readonly UserError[]): string {
  return errors.map(({ message }) => message).join(' ')
}
