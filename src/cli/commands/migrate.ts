import { Command } from 'commander'
import { migrate } from '../../platform/data/migrations/migrate.ts'
import type { CommandContext } from '../command-context.ts'
import { openDatabaseUrl } from '../connect.ts'
import { migrationSources } from '../migrations.ts'

/** `rapport migrate` */
export function migrateCommand(context: CommandContext): Command {
  return new Command('migrate')
    .description(
      'Run the pending migrations of the database. `rapport start` does this too; before you update several nodes, run this command once.',
    )
    .action(async () => {
      const connection = await openDatabaseUrl(context.config(), context.log(), 'rapport migrate')
      try {
        const applied = await migrate(connection.url, migrationSources(), {
          onApply: (pluginId, name) => context.print(`${pluginId}/${name}`),
        })
        context.print(applied.length === 0 ? 'The database is up to date.' : `Migrations applied: ${applied.length}.`)
      } finally {
        await connection.close()
      }
    })
}
