import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AGES } from '../../../src/modules/forecasts/projection/ages.ts'
import { monthsOf, seasonsOf } from '../../../src/modules/forecasts/projection/seasons.ts'
import { shrunkFactors } from '../../../src/modules/forecasts/projection/shrinkage.ts'
import { winChance } from '../../../src/modules/forecasts/projection/win-chance.ts'

const rate = fc.double({ min: 0, max: 0.2, noNaN: true })
const rates = fc.record({
  won: fc.array(rate, { minLength: AGES, maxLength: AGES }),
  lost: fc.array(rate, { minLength: AGES, maxLength: AGES }),
})
const factor = fc.double({ min: 0.2, max: 3, noNaN: true })
const factors = fc.record({
  won: fc.array(factor, { minLength: 3, maxLength: 3 }),
  lost: fc.array(factor, { minLength: 3, maxLength: 3 }),
})
const seasons = seasonsOf(monthsOf(4), { from: 17_000, until: 17_400 })

describe('the chance to be won', () => {
  it('is between 0 and 1, and that of two periods after each other is their sum', () => {
    fc.assert(
      fc.property(
        rates,
        factors,
        factor,
        fc.nat(400),
        fc.nat(120),
        fc.nat(120),
        (model, seasonal, own, age, one, two) => {
          const day = 17_400
          const chance = (from: number, until: number) =>
            winChance({ rates: model, factors: seasonal, seasons }, day - age, own, day, { from, until })
          const whole = chance(day, day + one + two)
          expect(whole).toBeGreaterThanOrEqual(0)
          expect(whole).toBeLessThanOrEqual(1)
          expect(chance(day, day + one) + chance(day + one, day + one + two)).toBeCloseTo(whole, 9)
        },
      ),
    )
  })

  it('is that of a constant rate where nothing competes', () => {
    const constant = { won: Array<number>(AGES).fill(0.01), lost: Array<number>(AGES).fill(0) }
    const none = { won: [], lost: [] }
    const chance = winChance({ rates: constant, factors: none, seasons }, 0, 1, 50, { from: 50, until: 150 })
    expect(chance).toBeCloseTo(1 - Math.exp(-1), 9)
  })
})

describe('shrunk factors', () => {
  it('lie between 1 and what was observed', () => {
    const group = fc.record({ observed: fc.nat(200), expected: fc.double({ min: 0.1, max: 200, noNaN: true }) })
    fc.assert(
      fc.property(fc.array(group, { minLength: 2, maxLength: 12 }), (groups) => {
        const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
        const mean = sum(groups.map(({ observed }) => observed)) / sum(groups.map(({ expected }) => expected))
        const shrunk = shrunkFactors(new Map(groups.map((each, index) => [index, each])))
        for (const [index, value] of shrunk) {
          const raw = (groups[index]?.observed ?? 0) / (groups[index]?.expected ?? 1) / mean
          expect(value).toBeGreaterThanOrEqual(Math.min(1, raw) - 1e-9)
          expect(value).toBeLessThanOrEqual(Math.max(1, raw) + 1e-9)
        }
      }),
    )
  })

  it('are 1 where groups differ by chance only, and near what was observed where there is much of it', () => {
    const alike = shrunkFactors(new Map([...'abcd'].map((key) => [key, { observed: 10, expected: 10 }])))
    expect([...alike.values()]).toEqual([1, 1, 1, 1])
    const apart = shrunkFactors(
      new Map([
        ['a', { observed: 2000, expected: 1000 }],
        ['b', { observed: 1000, expected: 2000 }],
      ]),
    )
    expect(apart.get('a')).toBeCloseTo(2, 1)
    expect(apart.get('b')).toBeCloseTo(0.5, 1)
  })
})

it.each([
  [17_000, 17_100, 1],
  [17_000, 17_250, 3],
  [17_000, 17_800, 12],
])('between the days %i and %i, %i seasons are told apart', (from, until, count) => {
  expect(seasonsOf(monthsOf(1), { from, until }).count).toBe(count)
})
