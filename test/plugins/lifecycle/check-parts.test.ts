import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { check, failures } from './checks.ts'
import { makeSpoiltPlugins, type SpoiltPlugins, withParts } from './spoilt-plugins.ts'

let plugins: SpoiltPlugins
beforeAll(async () => {
  plugins = await makeSpoiltPlugins()
})
afterAll(() => plugins.remove())

describe('`rapport plugin check`', () => {
  it('accepts an act that needs a permission of its own, which a member does not have', async () => {
    const directory = await plugins.spoilt(
      withParts(`acts: [{
        name: 'pinMemoNote',
        description: 'Pins a note.',
        object: 'MemoNote',
        action: 'pin',
        apply: () => ({ patch: { isPinned: true } }),
      }],`),
    )
    expect(failures(await check(directory, 'enforces the permission of every operation'))).toEqual({})
  })
})
