import type { Installation } from '../../platform/plugins/lifecycle/installation.ts'
import type { CommandContext } from '../command-context.ts'
import { openDatabaseUrl } from '../connect.ts'
import { installationOf } from '../installation.ts'

/** Does a command's work on the plugins of this installation, and closes everything after it. */
export async function withInstallation<Result>(
  context: CommandContext,
  title: string,
  work: (installation: Installation) => Promise<Result>,
): Promise<Result> {
  const config = context.config()
  const connection = await openDatabaseUrl(config, context.log(), title)
  try {
    return await work(await installationOf(config, connection.url))
  } finally {
    await connection.close()
  }
}
