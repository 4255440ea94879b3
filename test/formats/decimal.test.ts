import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  allocateDecimal,
  compareDecimals,
  multiplyDecimals,
  roundDecimal,
  subtractDecimals,
  sumDecimals,
} from '../../src/platform/formats/decimal.ts'
import { allocateMoney, roundMoney } from '../../src/platform/formats/money.ts'

/** A decimal as a whole number of units of its last place, for computing by whole numbers what the library computes. */
const units = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })
const places = fc.integer({ min: 0, max: 6 })
const decimal = fc.record({ units, places }).map(({ units, places }) => textOf(units, places))

function textOf(units: bigint, places: number): string {
  const digits = String(units < 0n ? -units : units).padStart(places + 1, '0')
  const fraction = places === 0 ? '' : `.${digits.slice(-places)}`
  return `${units < 0n ? '-' : ''}${digits.slice(0, digits.length - places)}${fraction}`
}

/** Returns the decimal in units of 10⁻¹², which all decimals of these tests are whole numbers of. */
function unitsOf(text: string): bigint {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.')
  const value = BigInt(whole + fraction.padEnd(12, '0'))
  return text.startsWith('-') ? -value : value
}

describe('decimal numbers', () => {
  it('are added, subtracted, multiplied and compared exactly, also beyond the precision of a float', () => {
    fc.assert(
      fc.property(decimal, decimal, (one, other) => {
        expect(unitsOf(sumDecimals([one, other]))).toBe(unitsOf(one) + unitsOf(other))
        expect(unitsOf(subtractDecimals(one, other))).toBe(unitsOf(one) - unitsOf(other))
        expect(unitsOf(multiplyDecimals([one, other])) * 10n ** 12n).toBe(unitsOf(one) * unitsOf(other))
        const difference = unitsOf(one) - unitsOf(other)
        expect(compareDecimals(one, other)).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0)
      }),
    )
  })

  it('have at least two decimal places, no further zeros, and no negative zero', () => {
    expect(sumDecimals([])).toBe('0.00')
    expect(sumDecimals(['1', '1.5000'])).toBe('2.50')
    expect(sumDecimals(['0.1', '0.25'])).toBe('0.35')
    expect(multiplyDecimals(['-1', '0'])).toBe('0.00')
    expect(multiplyDecimals(['123456789012345678', '1000000'])).toBe('123456789012345678000000.00')
    expect(roundDecimal('-0.001', 2)).toBe('0.00')
  })

  it('are rounded halves away from zero', () => {
    expect(['2.345', '-2.345', '2.3449', '0.005'].map((text) => roundDecimal(text, 2))).toEqual([
      '2.35',
      '-2.35',
      '2.34',
      '0.01',
    ])
    expect(roundDecimal('12.5', 0)).toBe('13.00')
  })
})

describe('money', () => {
  it('is rounded to the smallest unit of its currency', () => {
    expect(['EUR', 'JPY', 'KWD'].map((currency) => roundMoney('10.5555', currency))).toEqual([
      '10.56',
      '11.00',
      '10.556',
    ])
  })

  it('is split without losing a unit: parts add up, have the sign of the total, and are less than a unit off', () => {
    const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 15n }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(units, places, weights, places, (total, totalPlaces, given, weightPlaces) => {
        const parts = allocateDecimal(
          textOf(total, totalPlaces),
          given.map((weight) => textOf(weight, weightPlaces)),
          totalPlaces,
        )
        const unit = 10n ** BigInt(12 - totalPlaces)
        expect(parts.reduce((sum, part) => sum + unitsOf(part), 0n)).toBe(total * unit)
        const sum = given.reduce((all, weight) => all + weight, 0n)
        const shares = sum === 0n ? given.map(() => 1n) : given
        const whole = sum === 0n ? BigInt(given.length) : sum
        for (const [index, part] of parts.entries()) {
          const error = unitsOf(part) * whole - total * unit * (shares[index] ?? 0n)
          expect(error < 0n ? -error : error).toBeLessThan(unit * whole)
          expect(unitsOf(part) * total).toBeGreaterThanOrEqual(0n)
        }
      }),
    )
  })

  it('gives what is left over to the largest remainders, and to the first of equal ones', () => {
    expect(allocateMoney('10', ['1', '1', '1'], 'EUR')).toEqual(['3.34', '3.33', '3.33'])
    expect(allocateMoney('-0.05', ['30', '70'], 'EUR')).toEqual(['-0.02', '-0.03'])
    expect(allocateMoney('100', ['0', '0', '0'], 'JPY')).toEqual(['34.00', '33.00', '33.00'])
  })

  it('is not split where parts could not add up', () => {
    expect(() => allocateMoney('10.001', ['1'], 'EUR')).toThrow('more than 2 decimal places')
    expect(() => allocateMoney('10', [], 'EUR')).toThrow(RangeError)
    expect(() => allocateMoney('10', ['2', '-1'], 'EUR')).toThrow('negative')
  })
})
