import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'

/** `rapport start` */
export function startCommand(context: CommandContext): Command {
  return new Command('start')
    .description('Start the server: bring the database up to date, then answer GraphQL until Ctrl-C or SIGTERM.')
    .action(async () => {
      // Loaded only here: the other commands need not wait for the whole server to load.
      const { serve } = await import('../serve.ts')
      await serve(context)
    })
}
