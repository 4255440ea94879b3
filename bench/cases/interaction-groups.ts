import type { Case } from './case.ts'
import { type PeriodGroups, periodRequests } from './period-groups.ts'

const GROUPS: PeriodGroups = {
  rapport: {
    field: 'interactionAggregate',
    query: `query InteractionsByMonth($since: DateTime!, $first: Int) {
  interactionAggregate(groupBy: [CREATED_BY, OCCURRED_AT_MONTH], filter: { occurredAt: { gte: $since } }, first: $first) {
    groups { key { by: createdBy { id displayName } month: occurredAtMonth } count }
    hasMore
  }
}`,
  },
  postgraphile: {
    field: 'allInteractions',
    query: `query InteractionsByMonth($since: Datetime!) {
  allInteractions(condition: { occurredSince: $since }) {
    groupedAggregates(groupBy: [CREATED_BY_ID, OCCURRED_AT_TRUNCATED_TO_MONTH]) { keys count { rowId } }
  }
  allActors { nodes { rowId displayName } }
}`,
  },
  path: '/interaction-groups',
  numbers: { rapport: [], postgraphile: [], 'hand-written': [] },
}

/** Counts the interactions of about two years, by who created them and by month. */
export const interactionGroups: Case = {
  name: 'interactions of two years, counted by creator and month',
  requests: async (_, system) => periodRequests(GROUPS, system),
}
