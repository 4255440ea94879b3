import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseConstant, parseMapping, parseReplacement } from '../../src/cli/import/notation.ts'
import { isFormat, readDay, readInstant } from '../../src/platform/imports/notation/days.ts'
import { isDecimal, multiply } from '../../src/platform/imports/notation/decimal-text.ts'

describe('decimal numbers', () => {
  it.each([
    ['1100.04', '1000000', '1100040000'],
    ['251.41', '1000000', '251410000'],
    ['0.1', '0.2', '0.02'],
    ['-3.50', '2', '-7'],
    ['+4', '0.5', '2'],
    ['0', '1000000', '0'],
    ['-0.001', '10', '-0.01'],
  ])('%s × %s = %s', (one, other, product) => expect(multiply(one, other)).toBe(product))

  it('are multiplied without rounding: products of whole numbers are those of BigInt', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
        fc.bigInt({ min: 0n, max: 10n ** 9n }),
        (one, other) => multiply(String(one), String(other)) === String(one * other),
      ),
    )
  })

  it.each(['', '1,000', '1e6', '12 000', '€5', '.5', '5.', 'NaN', '0x1f'])(
    'in an import cannot be written as %j',
    (text) => expect(isDecimal(text)).toBe(false),
  )
})

describe('dates in the format of a column', () => {
  it.each([
    ['12/31/2016', 'MM/DD/YYYY', '2016-12-31'],
    ['1/5/2016', 'MM/DD/YYYY', '2016-01-05'],
    ['05.01.2016', 'DD.MM.YYYY', '2016-01-05'],
    ['2016-02-29', 'YYYY-MM-DD', '2016-02-29'],
    ['2015-02-29', 'YYYY-MM-DD', null],
    ['13/01/2016', 'MM/DD/YYYY', null],
    ['12/31/16', 'MM/DD/YYYY', null],
    ['12/31/2016 ', 'MM/DD/YYYY', null],
    ['20161231', 'YYYYMMDD', '2016-12-31'],
  ])('%j in the format %s are read as %s', (text, format, day) => expect(readDay(text, format)).toBe(day))

  it('are read with hours and minutes when the format has HH:mm, and refused when the time does not exist', () => {
    expect(readInstant('31.12.2016 23:05', 'DD.MM.YYYY HH:mm')).toEqual(new Date('2016-12-31T23:05:00Z'))
    expect(readInstant('31.12.2016 24:05', 'DD.MM.YYYY HH:mm')).toBeNull()
    expect(readInstant('31.12.2016 23:60', 'DD.MM.YYYY HH:mm')).toBeNull()
  })

  it.each([
    ['MM/DD/YYYY', true],
    ['YYYY', false],
    ['MM/DD/YY', false],
    ['DD/MM/YYYY MM', false],
    ['DD MMM YYYY', false],
    ['YYYY-MM-DDTHH:mm', false],
  ])('can be imported when the format is %s: %s', (format, is) => expect(isFormat(format)).toBe(is))
})

describe('the options of `rapport import`', () => {
  it.each([
    ['account=name', { column: 'account', field: 'name' }],
    [
      'revenue=annualRevenue:USD*1000000',
      { column: 'revenue', field: 'annualRevenue', currency: 'USD', factor: '1000000' },
    ],
    ['revenue=annualRevenue:EUR', { column: 'revenue', field: 'annualRevenue', currency: 'EUR' }],
    ['staff=employeeCount:*0.5', { column: 'staff', field: 'employeeCount', factor: '0.5' }],
    ['born=birthday:MM/DD/YYYY', { column: 'born', field: 'birthday', format: 'MM/DD/YYYY' }],
    ['at=dueAt:DD.MM.YYYY HH:mm', { column: 'at', field: 'dueAt', format: 'DD.MM.YYYY HH:mm' }],
    ['a=b = name', { column: 'a=b', field: 'name' }],
    ['subsidiary of=parent.name', { column: 'subsidiary of', field: 'parent.name' }],
  ])('accept the mapping %s', (text, mapping) => expect(parseMapping(text)).toEqual(mapping))

  it('accept replacements of values, and constants', () => {
    expect(parseReplacement('industry:technolgy=technology')).toEqual({
      field: 'industry',
      from: 'technolgy',
      to: 'technology',
    })
    expect(parseReplacement('addresses.country:Korea=South Korea')).toEqual({
      field: 'addresses.country',
      from: 'Korea',
      to: 'South Korea',
    })
    expect(parseReplacement('industry:n/a=')).toEqual({ field: 'industry', from: 'n/a', to: '' })
    expect(parseConstant('website=https://a.example/?b=c')).toEqual({
      field: 'website',
      value: 'https://a.example/?b=c',
    })
  })

  it.each([
    [parseMapping, 'account'],
    [parseMapping, 'account='],
    [parseMapping, '=name'],
    [parseMapping, 'a=b:'],
    [parseReplacement, 'technolgy=technology'],
    [parseReplacement, 'industry:technolgy'],
    [parseConstant, 'type'],
    [parseConstant, 'type='],
  ])('are refused when they are incomplete: $1', (parse, text) => expect(() => parse(text)).toThrow('Expected <'))
})
