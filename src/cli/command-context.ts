import type { Logger } from 'pino'
import type { Config } from '../config.ts'

/** What a command may use of the world around it. */
export interface CommandContext {
  /** The configuration, read on the first call, so that `--help` works in any environment. Throws ConfigError. */
  readonly config: () => Config
  /** The log, on standard error. Throws ConfigError. */
  readonly log: () => Logger
  /** Standard input, where there is one. */
  readonly input?: () => AsyncIterable<unknown>
  /** Writes one line of the command's result to standard output. */
  readonly print: (line: string) => void
}
