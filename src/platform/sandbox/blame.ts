import { AsyncLocalStorage } from 'node:async_hooks'
import type { Limited } from './failure.ts'

const running = new AsyncLocalStorage<Limited>()

/** Runs code of a plugin, so that what it leaves behind, such as a timer or a promise, is known to be its own. */
export function blamed<Result>(owner: Limited, run: () => Result): Result {
  return running.run(owner, run)
}

/** Whose code it is that runs, or that left behind what runs; undefined where it is nobody's but the platform's. */
export function pluginToBlame(): Limited | undefined {
  return running.getStore()
}
