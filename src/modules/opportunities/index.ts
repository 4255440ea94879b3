import { definePlugin } from '../../platform/declare/plugin.ts'
import { closeOpportunity } from './acts/close-opportunity.ts'
import { makePipelineDefault } from './acts/make-pipeline-default.ts'
import { moveOpportunity } from './acts/move-opportunity.ts'
import { reopenOpportunity } from './acts/reopen-opportunity.ts'
import { attentionConditions } from './attention.ts'
import { pipelineProfile } from './board/pipeline-profile.ts'
import { figuresFit } from './figures.ts'
import { keepHistory } from './history/keep-history.ts'
import { pipelineAsOf } from './history/pipeline-as-of.ts'
import { amountOfLines } from './lines/amount-of-lines.ts'
import { lossReason } from './objects/loss-reason.ts'
import { opportunity } from './objects/opportunity.ts'
import { accountFields, contactFields } from './objects/parts.ts'
import { pipeline } from './objects/pipeline.ts'
import { stage } from './objects/stage.ts'
import { stageEntry } from './objects/stage-entry.ts'
import { recommendProducts } from './recommendations/recommend-products.ts'
import { enterStage } from './stages/enter-stage.ts'
import { lossReasonStays, pipelineStays } from './stages/pipeline-rules.ts'
import { stageFits, stageStays } from './stages/stage-rules.ts'

export const opportunities = definePlugin({
  id: 'opportunities',
  description: 'Deals, in the stages of pipelines, with their history.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [pipeline, stage, lossReason, opportunity, stageEntry],
  extend: { Account: accountFields, Contact: contactFields },
  conditions: { Opportunity: attentionConditions },
  rules: [pipelineStays, lossReasonStays, stageFits, stageStays, amountOfLines, figuresFit, enterStage, keepHistory],
  acts: [moveOpportunity, closeOpportunity, reopenOpportunity, makePipelineDefault],
  queries: [pipelineAsOf, pipelineProfile, recommendProducts],
})

export {
  insertStartingPipeline,
  STARTING_LOSS_REASONS,
  STARTING_PIPELINE,
  STARTING_STAGES,
  type StartingRecord,
} from './starting-pipeline.ts'
