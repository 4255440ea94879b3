import type { PoolClient } from 'pg'
import { uuidv7 } from 'uuidv7'
import { encodeId } from '../../platform/declare/record-id.ts'
import type { Values } from '../../platform/declare/rules/values.ts'

/** A record that a new workspace has. */
export interface StartingRecord {
  readonly type: 'Pipeline' | 'Stage' | 'LossReason'
  readonly id: string
  readonly values: Values
}

/** Name of the pipeline of a new workspace. */
export const STARTING_PIPELINE = 'Sales'

/** The stages of the pipeline of a new workspace: name, kind, probability and forecast category. */
export const STARTING_STAGES = [
  ['Qualification', 'OPEN', 10, 'PIPELINE'],
  ['Needs analysis', 'OPEN', 25, 'PIPELINE'],
  ['Proposal', 'OPEN', 50, 'BEST_CASE'],
  ['Negotiation', 'OPEN', 75, 'COMMIT'],
  ['Closed won', 'WON', 100, 'CLOSED'],
  ['Closed lost', 'LOST', 0, 'OMITTED'],
] as const

/** The loss reasons of a new workspace. */
export const STARTING_LOSS_REASONS: readonly string[] = [
  'Price',
  'Competitor',
  'No budget',
  'No decision',
  'Missing feature',
  'Timing',
  'Other',
]

/**
 * Inserts the default pipeline and the loss reasons of a new workspace, as records that an actor created, and returns
 * them. Workspaces from before this module got the same by the migration that added its tables.
 */
export async function insertStartingPipeline(
  client: PoolClient,
  workspaceId: string,
  actorId: string,
): Promise<StartingRecord[]> {
  const pipelineId = uuidv7()
  await client.query(
    `insert into pipelines (workspace_id, id, name, is_default, created_by_id, updated_by_id) values ($1, $2, $3, true, $4, $4)`,
    [workspaceId, pipelineId, STARTING_PIPELINE, actorId],
  )
  const stages = STARTING_STAGES.map(([name, kind, probability, forecastCategory], index) => ({
    id: uuidv7(),
    values: { pipelineId, name, position: index + 1, kind, probability, forecastCategory },
  }))
  await client.query(
    `insert into stages (workspace_id, id, pipeline_id, name, position, kind, probability, forecast_category, created_by_id, updated_by_id)
     select $1, id, "pipelineId", name, position, kind, probability, "forecastCategory", $2, $2 from jsonb_to_recordset($3)
     as stage (id uuid, "pipelineId" uuid, name text, position int, kind "StageKind", probability int, "forecastCategory" "ForecastCategory")`,
    [workspaceId, actorId, JSON.stringify(stages.map(({ id, values }) => ({ id, ...values })))],
  )
  const reasons = STARTING_LOSS_REASONS.map((name) => ({ id: uuidv7(), values: { name } }))
  await client.query(
    `insert into loss_reasons (workspace_id, id, name, created_by_id, updated_by_id)
     select $1, id, name, $2, $2 from jsonb_to_recordset($3) as reason (id uuid, name text)`,
    [workspaceId, actorId, JSON.stringify(reasons.map(({ id, values }) => ({ id, ...values })))],
  )
  return [
    { type: 'Pipeline', id: pipelineId, values: { name: STARTING_PIPELINE, isDefault: true } },
    ...stages.map(({ id, values }) => ({
      type: 'Stage' as const,
      id,
      // The log has record ids.
      values: { ...values, pipelineId: encodeId('pipeline', pipelineId) },
    })),
    ...reasons.map((reason) => ({ type: 'LossReason' as const, ...reason })),
  ]
}
