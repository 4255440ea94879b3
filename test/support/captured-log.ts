import { Writable } from 'node:stream'
import { type Logger, pino } from 'pino'

/** A log in memory with all levels down to trace. */
export interface CapturedLog {
  readonly log: Logger
  /** The JSON lines, in order. */
  readonly lines: readonly string[]
}

export function captureLog(): CapturedLog {
  const lines: string[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  return { log: pino({ level: 'trace' }, sink), lines }
}
