import { expect, it } from 'vitest'
import { countryCode } from '../../../src/platform/formats/country.ts'

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
])('%j is the country %s', (text, code) => {
  expect(countryCode.safeParse(text).data ?? null).toBe(code)
})
