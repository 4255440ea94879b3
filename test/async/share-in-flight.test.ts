import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { shareInFlight } from '../../src/platform/async/share-in-flight.ts'

describe('look-ups that are shared between calls', () => {
  test('calls that arrive during a look-up share the next one', async () => {
    let runs = 0
    const lookUp = shareInFlight(async () => {
      runs += 1
      await turn()
      return runs
    })
    const answers = await Promise.all(Array.from({ length: 100 }, () => lookUp('one')))
    expect(runs).toBe(2)
    expect(new Set(answers)).toEqual(new Set([1, 2]))
  })

  test('no call gets the result of a look-up that began before the call', async () => {
    let state = 0
    const lookUp = shareInFlight(async () => {
      const seen = state
      await turn()
      await turn()
      return seen
    })
    const calls: Promise<void>[] = []
    for (let step = 0; step < 500; step++) {
      const before = ++state
      calls.push(lookUp('one').then((seen) => expect(seen).toBeGreaterThanOrEqual(before)))
      if (step % 3 === 0) await turn()
    }
    await Promise.all(calls)
  })

  test('different keys do not wait for each other, and only the calls that share a look-up get its error', async () => {
    let failing = true
    const lookUp = shareInFlight(async (key) => {
      await turn()
      if (key === 'bad' && failing) throw new Error('refused')
      return key
    })
    const bad = lookUp('bad')
    const next = lookUp('bad').catch((error: unknown) => error)
    await expect(lookUp('good')).resolves.toBe('good')
    await expect(bad).rejects.toThrow('refused')
    await expect(next).resolves.toBeInstanceOf(Error)
    failing = false
    await expect(lookUp('bad')).resolves.toBe('bad')
  })
})
