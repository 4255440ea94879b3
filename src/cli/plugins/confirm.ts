import { createInterface } from 'node:readline/promises'
import { CommandError } from '../command-error.ts'

/**
 * Asks the person at the terminal. Answers true for y or yes.
 * @throws CommandError where there is no terminal: then the command needs --yes.
 */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new CommandError('Nobody is there to be asked. Run it again with --yes to agree.')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^\s*y(es)?\s*$/i.test(await terminal.question(`${question} (y/N) `))
  } finally {
    terminal.close()
  }
}
