import { expect } from 'vitest'
import { ANY, type Tally } from './tally.ts'

/** Of a thousand calls, at least so many use one of these functions or arguments and find something. */
const FLOORS: readonly (readonly [uses: string, calls: number])[] = [
  [ANY, 300],
  ...per(12, 'findMany findFirst findUnique count aggregate groupBy'),
  ...per(5, 'findFirstOrThrow findUniqueOrThrow'),
  ...per(20, 'where orderBy take skip select include'),
  ...per(4, 'AND OR NOT is isNot'),
  ...per(1, 'some none every'),
  ...per(4, 'equals not in notIn lt lte gt gte null'),
  ...per(1, 'contains|startsWith|endsWith mode a-column-as-a-value'),
  ...per(0.3, 'has|hasEvery|hasSome|isEmpty'),
  ...per(5, 'cursor distinct nulls orderBy>_count'),
  ...per(4, 'include>include|select>include include>where|select>where include>take|select>take _count>select'),
  ...per(5, '_count _min _max _sum _avg'),
  ...per(2, 'having'),
]

function per(calls: number, uses: string): (readonly [string, number])[] {
  return uses.split(' ').map((use) => [use, calls] as const)
}

/** Fails when the calls leave out what Prisma offers, or too few of them found something. */
export function expectVariety(tally: Tally, models: ReadonlySet<string>): void {
  const calls = tally.asked(ANY)
  const missed = FLOORS.flatMap(([uses, floor]) => {
    const found = uses.split('|').reduce((sum, use) => sum + tally.found(use), 0)
    return found >= (floor * calls) / 1_000 ? [] : [`${uses} found something ${found} times in ${calls} calls`]
  })
  expect(missed).toEqual([])
  expect([...models].filter((model) => tally.asked(`on ${model}`) === 0)).toEqual([])
}
