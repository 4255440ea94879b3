import type { Case } from './case.ts'
import { type PeriodGroups, periodRequests } from './period-groups.ts'

const GROUPS: PeriodGroups = {
  rapport: {
    field: 'opportunityAggregate',
    query: `query OpportunitiesByMonth($since: DateTime!, $first: Int) {
  opportunityAggregate(groupBy: [OWNER, CREATED_AT_MONTH], filter: { createdAt: { gte: $since } }, first: $first) {
    groups {
      key { by: owner { id displayName } month: createdAtMonth }
      count
      sum { amount { amount } }
    }
    hasMore
  }
}`,
  },
  postgraphile: {
    field: 'allOpportunities',
    query: `query OpportunitiesByMonth($since: Datetime!) {
  allOpportunities(condition: { createdSince: $since }) {
    groupedAggregates(groupBy: [OWNER_ID, CREATED_AT_TRUNCATED_TO_MONTH]) {
      keys
      count { rowId }
      sum { amount }
    }
  }
  allActors { nodes { rowId displayName } }
}`,
  },
  path: '/opportunity-groups',
  numbers: {
    rapport: [['sum', 'amount', 'amount']],
    postgraphile: [['sum', 'amount']],
    'hand-written': [['amount']],
  },
}

/** Counts the opportunities that were created in about two years, and adds up their amounts, by owner and month. */
export const opportunityGroups: Case = {
  name: 'opportunities of two years, counted and added up by owner and month',
  requests: async (_, system) => periodRequests(GROUPS, system),
}
