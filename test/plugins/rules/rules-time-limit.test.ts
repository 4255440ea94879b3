import { describe, expect, it } from 'vitest'
import { PluginFailedError } from '../../../src/platform/sandbox/failure.ts'
import { runWithTimeLimit } from '../../../src/platform/sandbox/time-limit.ts'

const owner = { plugin: 'some', name: 'some.part' }

const loop = (): never => {
  for (;;);
}

async function failureOf(run: () => unknown, budgetMs = 50): Promise<PluginFailedError> {
  const error: unknown = await runWithTimeLimit(owner, budgetMs, run).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (error instanceof PluginFailedError) return error
  throw new Error(`It did not fail: ${String(error)}`)
}

describe('code of a plugin', () => {
  it('returns its result, whether it is synchronous or asynchronous', async () => {
    expect(await runWithTimeLimit(owner, 1_000, () => 1)).toBe(1)
    expect(await runWithTimeLimit(owner, 1_000, async () => 2)).toBe(2)
  })

  it('that throws gives the client the names of the plugin and its part, but not the reason', async () => {
    for (const run of [() => Promise.reject(new Error('Inside.')), () => Reflect.get(Object(null), 'x').y]) {
      const failure = await failureOf(run)
      expect(failure.kind).toBe('THREW')
      expect(failure.extensions).toEqual({ code: 'PLUGIN_FAILED', plugin: 'some', rule: 'some.part' })
      expect(failure.message).not.toContain(failure.reason)
    }
  })

  it('that exceeds its budget is interrupted if it computes, and no longer awaited if it waits', async () => {
    for (const run of [loop, async () => loop(), () => new Promise(() => undefined)]) {
      const startedAt = performance.now()
      const failure = await failureOf(run)
      expect(failure).toMatchObject({ kind: 'OVERRAN', reason: 'It took longer than its 50 ms.' })
      expect(performance.now() - startedAt).toBeLessThan(2_000)
    }
  })

  it('that computes without waiting is interrupted within 5 seconds, even with a budget of 30 seconds', async () => {
    const startedAt = performance.now()
    expect(await failureOf(loop, 30_000)).toMatchObject({ kind: 'OVERRAN' })
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })
})
