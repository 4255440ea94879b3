import { hiddenFromPlanner, type Sql, sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import type { TypedWrite } from '../../../platform/declare/rules/rule.ts'
import { pastStagesOf } from '../history/past-stages.ts'
import type { StageFacts } from './stage-change.ts'

/** A stage, and the position of the last card in it. */
export type StoredStage = StageFacts & {
  readonly lastPosition: string | null
  /** Whether it is a stage of the default pipeline. */
  readonly isDefault: boolean
}

type Write = TypedWrite<'Opportunity'>

/**
 * Returns the stages that meet a condition, in the order of their pipelines. Reads stages that are hidden from the caller
 * too: what an opportunity may do does not depend on who moves it. By SQL, because every create of an opportunity needs
 * it: all in one statement.
 */
function findStages({ transaction }: PluginContext, condition: Sql): Promise<StoredStage[]> {
  const ws = hiddenFromPlanner(transaction.workspaceId)
  return transaction.query<StoredStage & Record<string, unknown>>(sql`
    select s.id, s.pipeline_id as "pipelineId", s.name, s.kind, s.probability, s.forecast_category as "forecastCategory",
      s.required_fields as "requiredFields", s.is_active as "isActive", p.name as "pipelineName",
      p.is_active and p.deleted_at is null as "isPipelineOpen", p.is_default and p.deleted_at is null as "isDefault",
      coalesce((select jsonb_agg(jsonb_build_object('id', n.id, 'name', n.name) order by n.position, n.id) from stage_moves m
        join stages n on n.workspace_id = m.workspace_id and n.id = m.stage_id and n.deleted_at is null
        where m.workspace_id = s.workspace_id and m.from_id = s.id), '[]') as "nextStages",
      (select o.position::text from opportunities o where o.workspace_id = s.workspace_id and o.stage_id = s.id
        order by o.position desc limit 1) as "lastPosition"
    from stages s join pipelines p on p.workspace_id = s.workspace_id and p.id = s.pipeline_id
    where s.workspace_id = ${ws} and s.deleted_at is null and (${condition}) order by s.position, s.id`)
}

/**
 * Returns the stages that writes of opportunities may be about: those that they leave or enter, and the active open ones
 * of the pipelines in which new opportunities begin.
 */
export function stagesFor(context: PluginContext, writes: readonly Write[]): Promise<StoredStage[]> {
  const ids = writes.flatMap((write) => [
    write.before?.stageId,
    write.values.stageId,
    ...pastStagesOf(write).map(({ stageId }) => stageId),
  ])
  const begun = writes.filter(
    (write) => !write.before && write.values.stageId === undefined && pastStagesOf(write).length === 0,
  )
  const pipelineIds = begun.map(({ values }) => values.pipelineId)
  const begins = sql`s.pipeline_id = any(${unique(pipelineIds)}::uuid[]) or ${pipelineIds.includes(undefined)}::boolean and p.is_default and p.deleted_at is null`
  return findStages(context, sql`s.id = any(${unique(ids)}::uuid[]) or s.kind = 'OPEN' and s.is_active and (${begins})`)
}

/** Returns the first active stage of a kind in a pipeline; null when it has none. */
export async function stageOfKind(
  context: PluginContext,
  pipelineId: string,
  kind: StageFacts['kind'],
): Promise<StoredStage | null> {
  const [stage] = await findStages(
    context,
    sql`s.pipeline_id = ${pipelineId}::uuid and s.kind = ${kind}::"StageKind" and s.is_active`,
  )
  return stage ?? null
}

/** Returns which of the loss reasons that writes name are in use. Sends no statement when they name none. */
export async function activeReasons({ transaction }: PluginContext, writes: readonly Write[]): Promise<Set<string>> {
  const ids = unique(writes.map(({ values }) => values.lossReasonId))
  if (ids.length === 0) return new Set()
  const reasons = await transaction.query<{ id: string }>(
    sql`select id from loss_reasons where workspace_id = ${hiddenFromPlanner(transaction.workspaceId)} and id = any(${ids}::uuid[])
      and deleted_at is null and is_active`,
  )
  return new Set(reasons.map(({ id }) => id))
}

function unique(ids: readonly (string | null | undefined)[]): string[] {
  return [...new Set(ids.flatMap((id) => id ?? []))]
}
