import type { SystemId } from '../servers/start.ts'
import { at, graphql, list, type Requests } from './case.ts'
import { uuidOf } from './ids.ts'

/** Starts of the periods. From each to the end of the data are two years at most: 24 months by 41 owners at most. */
const SINCE = ['2024-01', '2024-02', '2024-03', '2024-04', '2024-05'].map((month) => `${month}-01T00:00:00.000Z`)
/** More than there are groups, so that all systems return all groups. */
const ALL_GROUPS = 1_000

/** How the systems group the records of a period by a related actor and a month. */
export interface PeriodGroups {
  /** Query with the variables `since` and `first`, and its root field. `by` and `month` are aliases in the key. */
  readonly rapport: { readonly query: string; readonly field: string }
  /** Query with the variable `since`, which also returns the actors as `allActors`. */
  readonly postgraphile: { readonly query: string; readonly field: string }
  /** Path of the hand-written server. It returns groups as `{ by: { id, displayName }, month, count, … }`. */
  readonly path: string
  /** Paths of the numbers of a group besides the count, by system. */
  readonly numbers: Readonly<Record<SystemId, readonly (readonly string[])[]>>
}

/** Returns the requests of a case to a system, one for each period. */
export function periodRequests(groups: PeriodGroups, system: SystemId): Requests {
  const numbersOf = (group: unknown) => groups.numbers[system].map((path) => Number(at(group, ...path)))
  const requestsBySystem: Readonly<Record<SystemId, () => Requests>> = {
    rapport: () => ({
      path: '',
      bodies: SINCE.map((since) => graphql(groups.rapport.query, { since, first: ALL_GROUPS })),
      normalize(answer) {
        const aggregate = at(answer, 'data', groups.rapport.field)
        if (at(aggregate, 'hasMore') !== false) throw new Error(`There are more than ${ALL_GROUPS} groups.`)
        return list(aggregate, 'groups').map((group) => {
          const actor = at(group, 'key', 'by')
          return [
            actor === null ? null : [uuidOf(at(actor, 'id')), at(actor, 'displayName')],
            at(group, 'key', 'month'),
            at(group, 'count'),
            ...numbersOf(group),
          ]
        })
      },
    }),
    postgraphile: () => ({
      path: '',
      bodies: SINCE.map((since) => graphql(groups.postgraphile.query, { since })),
      normalize(answer) {
        const names = new Map(
          list(answer, 'data', 'allActors', 'nodes').map((actor) => [at(actor, 'rowId'), at(actor, 'displayName')]),
        )
        const rows = list(answer, 'data', groups.postgraphile.field, 'groupedAggregates').map((group) => {
          const [actor, time] = list(group, 'keys')
          return [
            actor === null ? null : [actor, names.get(actor)],
            String(time).slice(0, 10),
            Number(at(group, 'count', 'rowId')),
            ...numbersOf(group),
          ]
        })
        // Grouped aggregates have no order. The other systems order by actor, then by month, and have no actor last.
        return rows.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
      },
    }),
    'hand-written': () => ({
      path: groups.path,
      bodies: SINCE.map((since) => JSON.stringify({ since })),
      normalize: (answer) =>
        list(answer).map((group) => {
          const actor = at(group, 'by')
          return [
            actor === null ? null : [at(actor, 'id'), at(actor, 'displayName')],
            at(group, 'month'),
            at(group, 'count'),
            ...numbersOf(group),
          ]
        }),
    }),
  }
  return requestsBySystem[system]()
}

/** Returns the text by which the groups are ordered. */
function keyOf([actor, month]: readonly unknown[]): string {
  return `${Array.isArray(actor) ? actor[0] : '~'} ${month}`
}
