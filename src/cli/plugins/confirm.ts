import { createInterface } from 'node:readline/promises'
import { CommandError } from '../command-error.ts'

/**
 * Asks a question on the terminal. Returns true when the operator types y or yes, and false for anything else.
 * @param unchanged End of the error message after Ctrl-C, such as `nothing was changed`.
 * @throws CommandError on Ctrl-C, and when there is no terminal. The message then names the option --yes.
 */
export async function confirm(question: string, unchanged: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new CommandError('There is no terminal for the confirmation. Run the command with --yes to confirm.')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const interrupted = new AbortController()
  terminal.once('SIGINT', () => interrupted.abort())
  try {
    const { signal } = interrupted
    return /^\s*y(es)?\s*$/i.test(await terminal.question(`${question} (y/N) `, { signal }))
  } catch (error) {
    if (interrupted.signal.aborted) throw new CommandError(`Interrupted; ${unchanged}.`, { cause: error })
    throw error
  } finally {
    terminal.close()
  }
}
