import type { GraphQLResolveInfo } from 'graphql'
import type { FieldGroup } from '../reads/collect.ts'
import type { Reading } from '../reads/reading.ts'
import { startSelection } from '../reads/start-reading.ts'
import type { RequestContext } from '../request/context.ts'
import { reportFailure } from '../sandbox/strikes.ts'

/**
 * Returns the `Reading` for events of a subscription. Its `report` passes failures of plugins to the operator's log. Of
 * these failures, only an overrun of a time budget counts as a strike against the plugin.
 */
export function startEvents(context: RequestContext, info: GraphQLResolveInfo): Reading {
  const { runtime, actor, requestId } = context
  return {
    ...startSelection(context, info),
    report: (failure) =>
      reportFailure(runtime, actor.workspaceId, requestId, failure, { strikes: 'for overruns only' }),
  }
}

/** Returns the selected field of a subscription. */
export function groupOf(info: GraphQLResolveInfo): FieldGroup {
  const [first, ...rest] = info.fieldNodes
  if (!first) throw new Error('The subscription has no field.')
  return [first, ...rest]
}
