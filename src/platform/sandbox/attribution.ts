import { AsyncLocalStorage } from 'node:async_hooks'
import type { PluginPart } from './failure.ts'

const running = new AsyncLocalStorage<PluginPart>()

/** Runs code of a plugin, so that what it leaves behind, such as a timer or a promise, is known to be its own. */
export function attributedTo<Result>(part: PluginPart, run: () => Result): Result {
  return running.run(part, run)
}

/** Whose code it is that runs, or that left behind what runs; undefined where it is nobody's but the platform's. */
export function responsiblePlugin(): PluginPart | undefined {
  return running.getStore()
}
