import type { Logger } from 'pino'
import { responsiblePlugin } from '../platform/sandbox/attribution.ts'

/**
 * Listens for uncaught errors and unhandled rejections in the process. An error that a plugin caused, such as in a
 * timer or in a promise that it does not await, is logged with the plugin's id, and the server continues: its own work
 * was not interrupted. Any other error ends the process with status 1, because it may have interrupted work of the
 * server.
 *
 * @returns A function that removes the listeners.
 */
export function listenForFaults(log: Logger): () => void {
  const onFault = (error: unknown) => {
    const part = responsiblePlugin()
    if (part) {
      log.error(
        { plugin: part.plugin, part: part.name, err: error },
        'A plugin failed in a timer or in a promise that it did not await',
      )
      return
    }
    log.fatal({ err: error }, 'An error was not caught; the server stops')
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    process.exit(1)
  }
  process.on('unhandledRejection', onFault)
  process.on('uncaughtException', onFault)
  return () => {
    process.off('unhandledRejection', onFault)
    process.off('uncaughtException', onFault)
  }
}
