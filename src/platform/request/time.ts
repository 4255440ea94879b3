import type { Runtime } from './context.ts'

/** Returns the time now, or the time that a test has set. */
export function timeOf(runtime: Pick<Runtime, 'now'>): Date {
  return runtime.now?.() ?? new Date()
}
