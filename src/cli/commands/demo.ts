import { Command, InvalidArgumentError, Option } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { showProgress } from '../progress.ts'

interface DemoOptions {
  accounts: number
  seed: number
  workspace: string
}

const MAX_ACCOUNTS = 1_000_000

/** `rapport demo` */
export function demoCommand(context: CommandContext): Command {
  return new Command('demo')
    .description(
      'Add fictitious data for trying Rapport: accounts, contacts, two years of interactions, tasks and relationships. Existing data is kept.',
    )
    .addOption(
      new Option('--accounts <number>', 'accounts to add, each with about 3 contacts and 8 interactions')
        .argParser(wholeNumber(1, MAX_ACCOUNTS))
        .default(200),
    )
    .addOption(
      new Option('--seed <number>', 'seed of the random data; the same seed creates the same data')
        .argParser(wholeNumber(0, 2 ** 32 - 1))
        .default(1),
    )
    .addOption(new Option('--workspace <slug>', 'workspace to add the data to').default('demo'))
    .action(async ({ accounts, seed, workspace }: DemoOptions) => {
      // Imported here, so that `--help` does not load the whole server.
      const [{ withApp }, { loadDemo }, { openDemoWorkspace }] = await Promise.all([
        import('../acting.ts'),
        import('../../demo/load.ts'),
        import('../../demo/workspace.ts'),
      ])
      const counts = await withApp(context, 'rapport demo', async (app) => {
        const { context: request, users } = await openDemoWorkspace(app.runtime, workspace)
        const progress = showProgress(process.stderr, 'accounts', accounts)
        try {
          return await loadDemo(request, { accounts, seed, until: new Date(), users, onProgress: progress.at })
        } finally {
          progress.end()
        }
      })
      const { contacts, interactions, tasks } = counts
      context.print(
        `Added ${counts.accounts} accounts, ${contacts} contacts, ${interactions} interactions and ${tasks} tasks to ${workspace}.`,
      )
    })
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
    if (number >= min && number <= max) return number
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`)
  }
}
