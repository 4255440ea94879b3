import fc from 'fast-check'
import { expect, it } from 'vitest'
import { positionBetween } from '../../../src/modules/opportunities/board/rank.ts'

/** A decimal in units of the last of 20 places, so that comparisons are exact. */
function scaled(text: string): bigint {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.')
  const value = BigInt(whole + fraction.padEnd(20, '0'))
  return text.startsWith('-') ? -value : value
}

it('any sequence of placements keeps the cards in the order in which they were placed', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 150 }), (places) => {
      const cards: string[] = []
      for (const place of places) {
        const index = place % (cards.length + 1)
        const position = positionBetween(cards[index - 1] ?? null, cards[index] ?? null)
        if (position !== null) cards.splice(index, 0, position)
      }
      const values = cards.map(scaled)
      expect(values.every((value, index) => index === 0 || value > (values[index - 1] ?? value))).toBe(true)
    }),
  )
})

it('a position is strictly between its neighbours, or there is none', () => {
  const position = fc
    .tuple(fc.bigInt(-(10n ** 6n), 10n ** 6n), fc.bigInt(0n, 10n ** 20n - 1n))
    .map(([whole, fraction]) => `${whole}.${fraction.toString().padStart(20, '0')}`)
  fc.assert(
    fc.property(position, position, (one, other) => {
      const [low, high] = scaled(one) < scaled(other) ? [one, other] : [other, one]
      const between = positionBetween(low, high)
      if (between === null) expect(scaled(high) - scaled(low)).toBeLessThan(2n)
      else {
        expect(scaled(between)).toBeGreaterThan(scaled(low))
        expect(scaled(between)).toBeLessThan(scaled(high))
      }
    }),
  )
})

it('between the same two cards there is room for at least 60 more', () => {
  let [low, count] = ['1', 0]
  for (let next = positionBetween(low, '2'); next !== null; next = positionBetween(low, '2')) {
    low = next
    count++
  }
  expect(count).toBeGreaterThanOrEqual(60)
})
