import type { Installation } from '../../platform/plugins/lifecycle/installation.ts'
import type { CommandContext } from '../command-context.ts'
import { openDatabaseUrl } from '../connect.ts'
import { installationOf } from '../installation.ts'

/**
 * Runs a callback with what is needed to add, upgrade and remove plugins of this installation. Afterwards stops the
 * embedded PostgreSQL if this process started it.
 *
 * @param title Name of the command.
 */
export async function withInstallation<Result>(
  context: CommandContext,
  title: string,
  run: (installation: Installation) => Promise<Result>,
): Promise<Result> {
  const config = context.config()
  const connection = await openDatabaseUrl(config, context.log(), title)
  try {
    return await run(await installationOf(config, connection.url))
  } finally {
    await connection.close()
  }
}
