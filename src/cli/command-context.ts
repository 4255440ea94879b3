import type { Logger } from 'pino'
import type { Config } from '../config.ts'

/** What a command needs from its process: configuration, log, input and output. Tests pass their own context. */
export interface CommandContext {
  /**
   * Returns the configuration. It is read at the first call, so that `--help` works in any environment.
   *
   * @throws ConfigError when environment variables are not valid.
   */
  readonly config: () => Config
  /**
   * Returns the log, which is written to standard error.
   *
   * @throws ConfigError when environment variables are not valid.
   */
  readonly log: () => Logger
  /** Returns standard input as text. Absent when there is no standard input, as in most tests. */
  readonly input?: () => AsyncIterable<unknown>
  /** Writes one line of the command's result to standard output. */
  readonly print: (line: string) => void
}
