import { pino } from 'pino'
import { createProgram } from '../../src/cli/command-line.ts'
import type { Config } from '../../src/config.ts'

/** Runs the command `rapport` with arguments, and returns the lines that it prints. Throws when it fails. */
export async function runCommand(config: Config, ...args: string[]): Promise<string[]> {
  const lines: string[] = []
  const program = await createProgram(
    {
      config: () => config,
      log: () => pino({ level: 'silent' }),
      print: (line) => lines.push(line),
    },
    args,
  )
  for (const command of [program, ...program.commands])
    command.configureOutput({ writeOut: (text) => lines.push(text), writeErr: () => undefined })
  await program.parseAsync(args, { from: 'user' })
  return lines
}
