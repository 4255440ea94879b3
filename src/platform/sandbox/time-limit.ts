import { Script } from 'node:vm'
import { attributedTo } from './attribution.ts'
import type { PluginPart } from './failure.ts'
import { isPassThrough, PluginFailedError } from './failure.ts'

/** Maximum budget of a rule, query or resolved field, in milliseconds. */
export const MAX_BUDGET_MS = 5_000

// While code computes, this process answers no other request: code that does not wait is interrupted after this time
// even if its budget is larger.
const MAX_COMPUTING_MS = 1_000

/** Work of the platform that counts against no budget: how much has run, and since when some of it runs now. */
const platformWork = { ms: 0, running: 0, since: 0 }

/**
 * Time by which budgets are measured, in milliseconds: as `performance.now()`, but it stands still while
 * `runOutsideBudgets` or `waitOutsideBudgets` runs.
 */
export function budgetNow(): number {
  const { ms, running, since } = platformWork
  return (running > 0 ? since : performance.now()) - ms
}

function beginPlatformWork(): void {
  if (platformWork.running++ === 0) platformWork.since = performance.now()
}

function endPlatformWork(): void {
  if (--platformWork.running === 0) platformWork.ms += performance.now() - platformWork.since
}

/**
 * Runs work of the platform that takes long and that a plugin's code has caused by its first use of something, such as
 * Prisma Client. Its time counts against no budget.
 */
export function runOutsideBudgets<Result>(work: () => Result): Result {
  beginPlatformWork()
  try {
    return work()
  } finally {
    endPlatformWork()
  }
}

/** Does the same as `runOutsideBudgets` for work that waits. */
export async function waitOutsideBudgets<Result>(work: () => Promise<Result>): Promise<Result> {
  beginPlatformWork()
  try {
    return await work()
  } finally {
    endPlatformWork()
  }
}

/**
 * Runs code of a plugin for at most `budgetMs`. Its synchronous code up to the first `await` is interrupted after the
 * budget, and after 1 second at the latest, also in an endless loop. Code after the first `await` can't be interrupted:
 * when the budget is used up, the call only stops waiting for it and throws.
 * @throws PluginFailedError when the code throws or overruns. Errors for which `isPassThrough` is true are thrown
 * unchanged.
 */
export async function runWithTimeLimit<Result>(
  part: PluginPart,
  budgetMs: number,
  run: () => Result | Promise<Result>,
): Promise<Result> {
  const deadline = budgetNow() + budgetMs
  let result: Result | Promise<Result>
  try {
    result = runInterruptible(Math.min(budgetMs, MAX_COMPUTING_MS), () => attributedTo(part, run))
  } catch (error) {
    throw failureOf(part, budgetMs, error)
  }
  return isPromise(result) ? settledUntil(part, budgetMs, deadline, result) : result
}

/**
 * Waits for the result of a plugin's code until the deadline, a time of `budgetNow()`.
 * @throws PluginFailedError when the result is an error or comes after the deadline.
 */
export async function settledUntil<Result>(
  part: PluginPart,
  budgetMs: number,
  deadline: number,
  result: Promise<Result>,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const overrun = new Promise<never>((_, reject) => {
    const check = () => {
      const remaining = deadline - budgetNow()
      if (remaining <= 0) reject(new Overrun())
      else timer = setTimeout(check, Math.max(remaining, 1))
    }
    check()
  })
  try {
    return await Promise.race([result, overrun])
  } catch (error) {
    throw failureOf(part, budgetMs, error)
  } finally {
    clearTimeout(timer)
    // Handles a rejection of the result after the deadline. An unhandled rejection would end the process.
    result.catch(() => undefined)
  }
}

/**
 * Returns the PluginFailedError for an error of a plugin's code. An error for which `isPassThrough` is true is returned
 * unchanged.
 */
export function failureOf(part: PluginPart, budgetMs: number, error: unknown): unknown {
  if (isPassThrough(error)) return error
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
    super('The budget was used up.')
  }
}

/** Returns the error for code that ended by itself after its budget was used up. */
export function overrun(): Error {
  return new Overrun()
}

function isOverrun(error: unknown): boolean {
  return (
    error instanceof Overrun ||
    (error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
  )
}

/** Whether the result of a call is a promise, or another object with `then`. */
export function isPromise<Result>(result: Result | Promise<Result>): result is Promise<Result> {
  return result instanceof Promise || (result !== null && typeof result === 'object' && 'then' in result)
}

// The module `vm` can interrupt only a script, and a script has no parameters: the function to run is stored under this
// key of the global object.
const FUNCTION_KEY = Symbol.for('rapport.interruptible')
const script = new Script(`globalThis[Symbol.for('rapport.interruptible')]()`, { filename: 'rapport:interruptible' })
let depth = 0

/**
 * Runs synchronous code and interrupts it after `timeoutMs`, in milliseconds. Each call starts a thread, which takes
 * about 130 µs: run many short pieces of code in one call. A nested call has no limit of its own; the outer limit
 * applies.
 * @throws Error with the code ERR_SCRIPT_EXECUTION_TIMEOUT when the code was interrupted.
 */
export function runInterruptible<Result>(timeoutMs: number, run: () => Result): Result {
  if (depth > 0) return run()
  const outcome: { result?: { readonly value: Result } } = {}
  Reflect.set(globalThis, FUNCTION_KEY, () => {
    outcome.result = { value: run() }
  })
  depth++
  try {
    script.runInThisContext({ timeout: Math.max(Math.ceil(timeoutMs), 1), breakOnSigint: false })
  } finally {
    depth--
    Reflect.deleteProperty(globalThis, FUNCTION_KEY)
  }
  if (!outcome.result) throw new Error('The code did not run.')
  return outcome.result.value
}
