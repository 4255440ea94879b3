import { hiddenFromPlanner, type Sql, sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import type { StageFacts } from './stage-change.ts'

/** A stage, and the position of the last card in it. */
export type StoredStage = StageFacts & { readonly lastPosition: string | null }

/**
 * Returns the first stage, in the order of its pipeline, that meets a condition; null when there is none. Reads stages
 * that are hidden from the caller too: what an opportunity may do does not depend on who moves it. By SQL, because every
 * create of an opportunity needs it: all in one statement.
 */
async function firstStage({ transaction }: PluginContext, condition: Sql): Promise<StoredStage | null> {
  const ws = hiddenFromPlanner(transaction.workspaceId)
  const [stage] = await transaction.query<StoredStage & Record<string, unknown>>(sql`
    select s.id, s.pipeline_id as "pipelineId", s.name, s.kind, s.probability, s.forecast_category as "forecastCategory",
      s.required_fields as "requiredFields", s.is_active as "isActive", p.name as "pipelineName",
      p.is_active and p.deleted_at is null as "isPipelineOpen",
      coalesce((select jsonb_agg(jsonb_build_object('id', n.id, 'name', n.name) order by n.position, n.id) from stage_moves m
        join stages n on n.workspace_id = m.workspace_id and n.id = m.stage_id and n.deleted_at is null
        where m.workspace_id = s.workspace_id and m.from_id = s.id), '[]') as "nextStages",
      (select o.position::text from opportunities o where o.workspace_id = s.workspace_id and o.stage_id = s.id
        order by o.position desc limit 1) as "lastPosition"
    from stages s join pipelines p on p.workspace_id = s.workspace_id and p.id = s.pipeline_id
    where s.workspace_id = ${ws} and s.deleted_at is null and ${condition} order by s.position, s.id limit 1`)
  return stage ?? null
}

/** Returns the stage with this uuid. */
export const stageById = (context: PluginContext, id: string) => firstStage(context, sql`s.id = ${id}::uuid`)

/** Returns the first active stage of a kind in a pipeline. */
export const stageOfKind = (context: PluginContext, pipelineId: string, kind: StageFacts['kind']) =>
  firstStage(context, sql`s.pipeline_id = ${pipelineId}::uuid and s.kind = ${kind}::"StageKind" and s.is_active`)

/** Returns the first open stage of the default pipeline. */
export const defaultStage = (context: PluginContext) =>
  firstStage(context, sql`s.kind = 'OPEN' and s.is_active and p.is_default and p.deleted_at is null`)
