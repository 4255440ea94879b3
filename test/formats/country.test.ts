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
])('the text %j in an imported file gives the country code %s (null: it is refused)', (text, code) => {
  expect(countryCell.safeParse(text).data ?? null).toBe(code)
})

it('the API accepts the code of a country and refuses its name', () => {
  expect(countryCode.safeParse('DE').success).toBe(true)
  expect(countryCode.safeParse('Germany').success).toBe(false)
})
