import { AsyncLocalStorage } from 'node:async_hooks'
import type { PluginPart } from './failure.ts'

const runningPart = new AsyncLocalStorage<PluginPart>()

/** Runs code of a plugin, so that later errors of timers and promises that it creates can be attributed to it. */
export function attributedTo<Result>(part: PluginPart, run: () => Result): Result {
  return runningPart.run(part, run)
}

/**
 * Returns the part of a plugin that runs, or that created the running timer or promise; undefined when no plugin's code
 * is running.
 */
export function responsiblePlugin(): PluginPart | undefined {
  return runningPart.getStore()
}
