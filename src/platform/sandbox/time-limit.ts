import { Script } from 'node:vm'
import { attributedTo } from './attribution.ts'
import type { PluginPart } from './failure.ts'
import { PluginFailedError, passes } from './failure.ts'

/** Milliseconds that code may take at most, whatever its declaration says. */
export const MAX_BUDGET_MS = 5_000

// While code computes, this process answers nobody: whatever the budget, nothing may hold it for longer.
const MAX_COMPUTING_MS = 1_000

/**
 * Runs code of a plugin for `budgetMs` at most. What it computes without waiting is interrupted, endless loops included,
 * after a second at the latest; what it waits for is not waited for any longer. Code that computes after a wait can't be
 * interrupted.
 * @throws PluginFailedError where it throws or overruns, with the cause; errors of the platform itself pass.
 */
export async function runWithTimeLimit<Result>(
  part: PluginPart,
  budgetMs: number,
  run: () => Result | Promise<Result>,
): Promise<Result> {
  const until = performance.now() + budgetMs
  let answer: Result | Promise<Result>
  try {
    answer = runInterruptible(Math.min(budgetMs, MAX_COMPUTING_MS), () => attributedTo(part, run))
  } catch (error) {
    throw failureOf(part, budgetMs, error)
  }
  return isPromise(answer) ? settledUntil(part, budgetMs, until, answer) : answer
}

/** The answer, or PluginFailedError where it comes after `until`, a time of `performance.now()`, or is an error. */
export async function settledUntil<Result>(
  part: PluginPart,
  budgetMs: number,
  until: number,
  answer: Promise<Result>,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const overrun = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Overrun()), Math.max(until - performance.now(), 1))
  })
  try {
    return await Promise.race([answer, overrun])
  } catch (error) {
    throw failureOf(part, budgetMs, error)
  } finally {
    clearTimeout(timer)
    // Nobody waits for what comes after the time is over.
    answer.catch(() => undefined)
  }
}

/** What failed, as the platform tells of it; errors that are not the plugin's fault as they are. */
export function failureOf(part: PluginPart, budgetMs: number, error: unknown): unknown {
  if (passes(error)) return error
  return isOverrun(error)
    ? new PluginFailedError(part, 'OVERRAN', overrunReason(budgetMs), error)
    : new PluginFailedError(part, 'THREW', error instanceof Error ? error.message : String(error), error)
}

function overrunReason(budgetMs: number): string {
  return budgetMs > MAX_COMPUTING_MS
    ? `It took longer than its ${budgetMs} ms, or computed for ${MAX_COMPUTING_MS} ms without waiting.`
    : `It took longer than its ${budgetMs} ms.`
}

class Overrun extends Error {
  constructor() {
    super('The time was over.')
  }
}

/** The budget was used up without an interruption. */
export function overrun(): Error {
  return new Overrun()
}

function isOverrun(error: unknown): boolean {
  return (
    error instanceof Overrun ||
    (error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
  )
}

export function isPromise<Result>(answer: Result | Promise<Result>): answer is Promise<Result> {
  return answer instanceof Promise || (answer !== null && typeof answer === 'object' && 'then' in answer)
}

// vm can interrupt a script only, and hands it nothing: the code to run waits under this key of the global object.
const SLOT = Symbol.for('rapport.interruptible')
const script = new Script(`globalThis[Symbol.for('rapport.interruptible')]()`, { filename: 'rapport:interruptible' })
let depth = 0

/**
 * Runs code that doesn't wait, and throws where it takes longer. It costs a thread, some 130 µs: run many short pieces in
 * one. Within itself it runs the code as it is: the outer limit holds.
 */
export function runInterruptible<Result>(timeoutMs: number, run: () => Result): Result {
  if (depth > 0) return run()
  const kept: { answer?: { readonly value: Result } } = {}
  Reflect.set(globalThis, SLOT, () => {
    kept.answer = { value: run() }
  })
  depth++
  try {
    script.runInThisContext({ timeout: Math.max(Math.ceil(timeoutMs), 1), breakOnSigint: false })
  } finally {
    depth--
    Reflect.deleteProperty(globalThis, SLOT)
  }
  if (!kept.answer) throw new Error('The code did not run.')
  return kept.answer.value
}
