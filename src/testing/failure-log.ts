import { type Logger, pino } from 'pino'
import { reasonOf } from '../platform/plugins/background/background.ts'
import { PluginFailedError } from '../platform/sandbox/failure.ts'

/** A failure that the server has logged. */
export interface LoggedFailure {
  /** The error of the code that failed: for a failure of a plugin, what the plugin's code threw. */
  readonly error: unknown
  /** What failed, and why, in one line. */
  readonly summary: string
  /** Id of the request that failed; null for background work. */
  readonly requestId: string | null
  /** Name of the handler that failed; null for any other part. */
  readonly handler: string | null
}

/** A log that keeps the failures of plugins and of requests. */
export interface FailureLog {
  readonly log: Logger
  /** Returns the failures of a request, in the order in which they were logged. */
  ofRequest(requestId: string | null): readonly LoggedFailure[]
  /** Returns the failures of handlers since the last call. */
  takeHandlerFailures(): readonly LoggedFailure[]
}

/**
 * Creates a log for an app whose user wants to see why code of a plugin failed. In production the reason is only in the
 * operator's log, because it may contain what the caller must not see.
 * @param onFailure Called for each failure.
 */
export function createFailureLog(onFailure: (failure: LoggedFailure) => void = () => undefined): FailureLog {
  const failures: LoggedFailure[] = []
  let handlerFailures: LoggedFailure[] = []
  const add = (failure: LoggedFailure) => {
    // A failure of a query is logged twice: by the reading, and with the response.
    const isLogged = failures.some(
      ({ requestId, error }) => requestId !== null && requestId === failure.requestId && error === failure.error,
    )
    if (isLogged) return
    failures.push(failure)
    if (failure.handler !== null) handlerFailures.push(failure)
    onFailure(failure)
  }
  const log = pino(
    {
      hooks: {
        // The error itself is wanted, with its stack and cause: the lines that pino writes contain only texts.
        logMethod(args) {
          const [fields, message]: readonly unknown[] = args
          const failure = failureOf(fields, message)
          if (failure) add(failure)
        },
      },
    },
    { write: () => undefined },
  )
  return {
    log,
    ofRequest: (requestId) => (requestId === null ? [] : failures.filter((failure) => failure.requestId === requestId)),
    takeHandlerFailures() {
      const taken = handlerFailures
      handlerFailures = []
      return taken
    },
  }
}

/** Returns the failure that a log entry reports, or null when the entry reports something else. */
function failureOf(fields: unknown, message: unknown): LoggedFailure | null {
  if (fields === null || typeof fields !== 'object' || !('err' in fields)) return null
  const textOf = (name: string) => {
    const value: unknown = Reflect.get(fields, name)
    return typeof value === 'string' ? value : null
  }
  const error = thrownBy(fields.err) ?? new Error(textOf('reason') ?? String(message))
  const reason = textOf('reason') ?? reasonOf(fields.err)
  const [plugin, handler] = [textOf('plugin'), textOf('handler')]
  const part = handler ?? textOf('part') ?? textOf('field')
  return {
    error,
    summary: plugin ? `The plugin ${plugin} failed in ${part}: ${reason}` : `${String(message)}: ${reason}`,
    requestId: textOf('requestId'),
    handler,
  }
}

/** Returns the error that a plugin's code threw, or any other error unchanged. */
export function thrownBy(error: unknown): unknown {
  return error instanceof PluginFailedError ? (error.cause ?? error) : error
}
