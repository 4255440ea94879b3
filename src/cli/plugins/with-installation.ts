import { pendingMigrations } from '../../platform/data/migrations/migrate.ts'
import type { Installation } from '../../platform/plugins/lifecycle/installation.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'
import { openDatabaseUrl } from '../connect.ts'
import { installationOf } from '../installation.ts'
import { migrationSources } from '../migrations.ts'

/**
 * Runs a callback with what is needed to add, upgrade and remove plugins of this installation. Afterwards stops the
 * embedded PostgreSQL if this process started it.
 *
 * @param title Name of the command.
 * @throws CommandError when migrations of Rapport itself were not run on the database.
 */
export async function withInstallation<Result>(
  context: CommandContext,
  title: string,
  run: (installation: Installation) => Promise<Result>,
): Promise<Result> {
  const config = context.config()
  const connection = await openDatabaseUrl(config, context.log(), title)
  try {
    await requireMigrated(connection.url)
    return await run(await installationOf(config, connection.url))
  } finally {
    await connection.close()
  }
}

/** Refuses a database of an older version of Rapport: a plugin may refer to tables that it does not have yet. */
async function requireMigrated(url: string): Promise<void> {
  const pending = await pendingMigrations(url, migrationSources())
  if (pending.length > 0)
    throw new CommandError(
      `The database lacks ${pending.length} migration${pending.length === 1 ? '' : 's'} of Rapport, such as ${pending[0]?.name}. Run \`rapport migrate\` first, or start the server, which migrates its database too.`,
    )
}
