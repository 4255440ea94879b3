import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'

/** `rapport start` */
export function startCommand(context: CommandContext): Command {
  return new Command('start')
    .description('Start the server: run pending migrations, then serve GraphQL until Ctrl-C or SIGTERM.')
    .action(async () => {
      // Imported here, so that `--help` does not load the whole server.
      const { serve } = await import('../serve.ts')
      await serve(context)
    })
}
