import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { shareInFlight } from '../../src/platform/async/share-in-flight.ts'

describe('calls that share look-ups', () => {
  test('share the next look-up when they arrive while a look-up runs', async () => {
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

  test('never get the result of a look-up that began before the call', async () => {
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

  test('do not wait for look-ups of other keys, and get only the error of their own look-up', async () => {
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
