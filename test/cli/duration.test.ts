import { expect, it } from 'vitest'
import { parseDuration } from '../../src/cli/duration.ts'

it.each([
  ['90s', 90],
  ['15m', 900],
  ['1h', 3_600],
  ['2d', 172_800],
])('the command line reads the duration %s as %i seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds)
})

it.each(['', '15', '0m', '-1h', '1.5h', '1w', 'h', '1h30m', '9999999999s'])(
  'the command line refuses the duration %j',
  (text) => {
    expect(() => parseDuration(text)).toThrow('Expected a number and s, m, h or d')
  },
)
