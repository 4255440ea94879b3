import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import type { TypedWrite } from '../../../platform/declare/rules/rule.ts'
import { invalid, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import type { Values } from '../../../platform/declare/rules/values.ts'
import type { StageFacts } from './stage-change.ts'

type Closing =
  | { readonly refusals: readonly UserError[]; readonly patch?: undefined }
  | { readonly patch: Values; readonly refusals?: undefined }

const NOT_CLOSED = { closedAt: null, closedOn: null, lossReasonId: null, lossComment: null }

/**
 * Returns the columns about the end of a deal for an opportunity that enters a stage: none in an open stage, a reason
 * in a lost one.
 * @param reasons Loss reasons that are in use, by uuid.
 * @param day Day on which the deal is closed, when the input has none.
 */
export function closingValues(
  context: PluginContext,
  { before, values, operation }: TypedWrite<'Opportunity'>,
  { kind }: Pick<StageFacts, 'kind'>,
  reasons: ReadonlySet<string>,
  day: string,
): Closing {
  const { closedOn, lossReasonId, lossComment } = values
  const sent = (fields: Values) =>
    Object.entries(fields).flatMap(([name, value]) =>
      value === undefined || value === null
        ? []
        : [invalid(['input', name], `Only for a deal that is ${name === 'closedOn' ? 'closed' : 'lost'}.`)],
    )
  if (kind === 'OPEN') {
    const refusals = sent({ closedOn, lossReasonId, lossComment })
    return refusals.length > 0 ? { refusals } : { patch: NOT_CLOSED }
  }
  const refusals =
    kind === 'LOST' ? reasonErrors(reasons, lossReasonId, operation) : sent({ lossReasonId, lossComment })
  if (!before && closedOn && closedOn > context.today)
    refusals.push(invalid(['input', 'closedOn'], 'Must not lie in the future.'))
  if (refusals.length > 0) return { refusals }
  return { patch: { closedAt: context.now, closedOn: (before ? null : closedOn) ?? day } }
}

function reasonErrors(
  reasons: ReadonlySet<string>,
  lossReasonId: string | null | undefined,
  operation: string,
): UserError[] {
  if (lossReasonId)
    return reasons.has(lossReasonId) ? [] : [invalid(['input', 'lossReasonId'], 'The reason is not in use any more.')]
  const how = operation === 'moveOpportunity' ? ' Use closeOpportunity, which takes it.' : ''
  const field = operation === 'moveOpportunity' ? 'stageId' : 'lossReasonId'
  return [invalid(['input', field], `A lost deal needs a reason.${how}`)]
}
