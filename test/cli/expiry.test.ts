import { expect, it } from 'vitest'
import { parseExpiry } from '../../src/cli/expiry.ts'

const NOW = new Date('2026-03-01T12:00:00.000Z')

it.each([
  ['90d', '2026-05-30T12:00:00.000Z'],
  ['12h', '2026-03-02T00:00:00.000Z'],
  ['2030-01-31', '2030-01-31T00:00:00.000Z'],
  ['2028-02-29', '2028-02-29T00:00:00.000Z'],
  ['2030-01-31T12:00Z', '2030-01-31T12:00:00.000Z'],
  ['2030-01-31T12:00:00.5+02:00', '2030-01-31T10:00:00.500Z'],
])('on 2026-03-01 at 12:00 UTC, the command line reads the expiry %s as %s', (text, expected) => {
  expect(parseExpiry(text, NOW).toISOString()).toBe(expected)
})

it.each([
  '',
  '90',
  'tomorrow',
  '2030-02-31',
  '2030-02-31T12:00:00Z',
  '2030-13-01',
  '2030-01-31T12:00:00',
  '2030-01-31T25:00Z',
  '999999999d',
])('the command line refuses the expiry %j', (text) => {
  expect(() => parseExpiry(text, NOW)).toThrow('Expected a duration such as 12h or 90d')
})
