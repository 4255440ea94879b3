import type { Runtime } from './context.ts'

/** Returns the time of a request that has one, such as that of its writes; otherwise the time now, or that of a test. */
export function timeOf({ runtime, now }: { readonly runtime: Pick<Runtime, 'now'>; readonly now?: Date }): Date {
  return now ?? runtime.now?.() ?? new Date()
}
