import { hiddenFromPlanner, type Sql, sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import type { TypedWrite } from '../../../platform/declare/rules/rule.ts'
import { objectNamed } from '../../../platform/registry/registry.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'

/** Returns SQL for FROM: a lead that is about to be created, as a row of `leads`. */
export function newLead(context: PluginContext, id: string, values: TypedWrite<'Lead'>['values']): Sql {
  const work = workOf(context)
  const { columns } = objectNamed(work.context.runtime.registry, 'Lead').model
  const { workspaceId } = context.transaction
  const { id: actorId } = context.actor
  const row = {
    id,
    workspaceId,
    status: 'OPEN',
    score: 0,
    version: 1,
    // The database computes it.
    fullName: `${values.firstName ?? ''} ${values.lastName ?? ''}`.trim(),
    createdAt: context.now,
    updatedAt: context.now,
    createdById: actorId,
    updatedById: actorId,
    ...values,
  }
  const json = Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) => {
      const column = columns.get(name)
      return column ? [[column.column, value]] : []
    }),
  )
  return sql`(select (jsonb_populate_record(null::leads, ${JSON.stringify(json)}::jsonb)).*)`
}

/** Returns SQL for FROM: a stored lead. */
export function storedLead({ transaction }: PluginContext, id: string): Sql {
  return sql`(select * from leads where workspace_id = ${hiddenFromPlanner(transaction.workspaceId)} and id = ${id}::uuid)`
}
