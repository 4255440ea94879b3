import { sum } from 'simple-statistics'

/** How many events a group had, and how many it would have had if it were like all others. */
export interface Group {
  readonly observed: number
  readonly expected: number
}

/**
 * Returns for each group by which factor its events are more or less frequent than those of all groups, shrunk to the
 * mean: the fewer events a group has, and the less the groups differ, the nearer its factor is to 1. Where the groups
 * differ no more than chance explains, all factors are 1.
 *
 * Source: global empirical Bayes estimator for Poisson counts, R. J. Marshall, Mapping disease and mortality rates using
 * empirical Bayes estimators, Applied Statistics 40 (1991) 283–294. The factors are divided by their mean, because
 * `expected` already has the level of all groups.
 */
export function shrunkFactors<Key>(groups: ReadonlyMap<Key, Group>): ReadonlyMap<Key, number> {
  const seen = [...groups].filter(([, { expected }]) => expected > 0)
  const expected = sum(seen.map(([, group]) => group.expected))
  if (seen.length < 2) return new Map()
  const mean = sum(seen.map(([, group]) => group.observed)) / expected
  if (mean === 0) return new Map()
  const spread = sum(seen.map(([, group]) => group.expected * (group.observed / group.expected - mean) ** 2)) / expected
  const between = Math.max(0, spread - mean / (expected / seen.length))
  return new Map(
    seen.map(([key, group]) => {
      const weight = between / (between + mean / group.expected)
      return [key, 1 + (weight * (group.observed / group.expected - mean)) / mean]
    }),
  )
}
