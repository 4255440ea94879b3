import { expect, it } from 'vitest'
import { countryCell, countryCode } from '../../src/platform/formats/country.ts'

it.each([
  ['DE', 'DE'],
  [' United States ', 'US'],
  ['united kingdom', 'GB'],
  ['Russia', 'RU'],
  ['Serbia', 'RS'],
  ['South Korea', 'KR'],
  ['Korea', null],
  ['de', null],
  ['Philipines', null],
  ['European Union', null],
  ['', null],
])('%j in a file is the country %s', (text, code) => {
  expect(countryCell.safeParse(text).data ?? null).toBe(code)
})

it('clients write the code', () => {
  expect(countryCode.safeParse('DE').success).toBe(true)
  expect(countryCode.safeParse('Germany').success).toBe(false)
})
