import { createInterface } from 'node:readline/promises'
import { CommandError } from '../command-error.ts'

/**
 * Asks the person at the terminal. Answers true for y or yes. `untouched` says what Ctrl-C leaves as it was.
 * @throws CommandError where there is no terminal: then the command needs --yes; and on Ctrl-C.
 */
export async function confirm(question: string, untouched: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new CommandError('Nobody is there to be asked. Run it again with --yes to agree.')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const interrupted = new AbortController()
  terminal.once('SIGINT', () => interrupted.abort())
  try {
    const { signal } = interrupted
    return /^\s*y(es)?\s*$/i.test(await terminal.question(`${question} (y/N) `, { signal }))
  } catch (error) {
    if (interrupted.signal.aborted) throw new CommandError(`Interrupted; ${untouched}.`, { cause: error })
    throw error
  } finally {
    terminal.close()
  }
}
