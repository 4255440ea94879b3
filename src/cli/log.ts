import { type Logger, pino } from 'pino'
import { z } from 'zod'
import type { LogLevel } from '../config.ts'

// Properties whose values are replaced by `[Redacted]` in the log, at the top level and up to two levels deep.
const SECRETS = ['password', 'token', 'secret', 'authorization', 'cookie', 'url', 'databaseUrl', 'apiKey'].flatMap(
  (name) => [name, `*.${name}`, `*.*.${name}`],
)

/** Creates the log of the process on standard error: plain text on a terminal, otherwise JSON lines. */
export function createLog(level: LogLevel): Logger {
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: serializeError },
    redact: SECRETS,
  }
  return process.stderr.isTTY
    ? pino(options, { write: writePlain })
    : pino(options, pino.destination({ dest: 2, sync: true }))
}

interface LoggedError {
  type: string
  message: string
  code?: string
  stack?: string
  cause?: LoggedError
}

/**
 * Returns the properties of an error that may be logged. The others are left out, because errors of the database driver
 * contain secrets and personal data: the connection, and the values of the row that was refused.
 */
function serializeError(error: unknown): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) }
  return {
    type: error.name,
    message: error.message,
    ...('code' in error && typeof error.code === 'string' && { code: error.code }),
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(error.cause !== undefined && { cause: serializeError(error.cause) }),
  }
}

const logLine = z.looseObject({
  time: z.string(),
  level: z.string(),
  msg: z.string().default(''),
  pid: z.number(),
  err: z.object({ stack: z.string().optional() }).optional(),
})

function writePlain(line: string): void {
  const { time, level, msg, err, pid: _, ...rest } = logLine.parse(JSON.parse(line))
  const details = Object.keys(rest).length > 0 ? ` ${JSON.stringify(rest)}` : ''
  const stack = err?.stack === undefined ? '' : `\n${err.stack}`
  process.stderr.write(
    `${time.slice('2026-01-01T'.length, '2026-01-01T00:00:00'.length)} ${level}: ${msg}${details}${stack}\n`,
  )
}
