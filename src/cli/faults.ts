import type { Logger } from 'pino'
import { responsiblePlugin } from '../platform/sandbox/attribution.ts'

/**
 * Listens for what nobody caught. Where a plugin left it behind, such as in a timer or in a promise that it does not await,
 * it is told with the plugin's name, and the server goes on: no work of its own was cut off by it. Anything else ends the
 * process as before, with status 1, since what it has left half-done is not known. Answers how to stop listening.
 */
export function listenForFaults(log: Logger): () => void {
  const onFault = (error: unknown) => {
    const ownerPool = responsiblePlugin()
    if (ownerPool) {
      log.error(
        { plugin: ownerPool.plugin, part: ownerPool.name, err: error },
        'A plugin left behind something that failed, and that nobody waited for',
      )
      return
    }
    log.fatal({ err: error }, 'Something failed that nobody caught; the server ends')
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
