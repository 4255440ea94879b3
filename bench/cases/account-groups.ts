import type { Case } from './case.ts'
import { type PeriodGroups, periodRequests } from './period-groups.ts'

const GROUPS: PeriodGroups = {
  rapport: {
    field: 'accountAggregate',
    query: `query AccountsByMonth($since: DateTime!, $first: Int) {
  accountAggregate(groupBy: [OWNER, CREATED_AT_MONTH], filter: { createdAt: { gte: $since } }, first: $first) {
    groups {
      key { by: owner { id displayName } month: createdAtMonth }
      count
      sum { employeeCount annualRevenue { amount } }
    }
    hasMore
  }
}`,
  },
  postgraphile: {
    field: 'allAccounts',
    query: `query AccountsByMonth($since: Datetime!) {
  allAccounts(condition: { createdSince: $since }) {
    groupedAggregates(groupBy: [OWNER_ID, CREATED_AT_TRUNCATED_TO_MONTH]) {
      keys
      count { rowId }
      sum { employeeCount annualRevenueAmount }
    }
  }
  allActors { nodes { rowId displayName } }
}`,
  },
  path: '/account-groups',
  numbers: {
    rapport: [
      ['sum', 'employeeCount'],
      ['sum', 'annualRevenue', 'amount'],
    ],
    postgraphile: [
      ['sum', 'employeeCount'],
      ['sum', 'annualRevenueAmount'],
    ],
    'hand-written': [['employeeCount'], ['annualRevenue']],
  },
}

/** Counts the accounts that were created in about two years, and adds up two of their numbers, by owner and month. */
export const accountGroups: Case = {
  name: 'accounts of two years, counted and added up by owner and month',
  requests: async (_, system) => periodRequests(GROUPS, system),
}
