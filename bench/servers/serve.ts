import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import type { ServerCommand, ServerReport, ServerSetup } from './protocol.ts'

/** A server that accepts connections. */
export interface Listening {
  readonly url: string
  close(): Promise<unknown>
}

/**
 * Runs a server as a process of the benchmark. On request, the process reports its CPU time, creates a CPU profile, or
 * stops. It also ends when the benchmark has ended.
 */
export async function serve(start: (setup: ServerSetup) => Promise<Listening>): Promise<void> {
  const setup: ServerSetup = JSON.parse(process.env['BENCH_SERVER'] ?? '{}')
  const server = await start(setup)
  const report = (message: ServerReport) => process.send?.(message)
  const session = new Session()
  process.on('disconnect', () => process.exit(0))
  process.on('message', (command: ServerCommand) => {
    runCommand(command).catch((error: unknown) => report({ failed: String(error) }))
  })

  async function runCommand(command: ServerCommand): Promise<void> {
    if (command === 'usage') {
      const { user, system } = process.cpuUsage()
      report({ cpu: user + system })
    } else if (command === 'stop') {
      await server.close()
      process.disconnect()
    } else if ('startProfile' in command) {
      session.connect()
      await session.post('Profiler.enable')
      await session.post('Profiler.start')
      report({ profiled: '' })
    } else {
      const { profile } = await session.post('Profiler.stop')
      writeFileSync(command.stopProfile, JSON.stringify(profile))
      session.disconnect()
      report({ profiled: command.stopProfile })
    }
  }

  report({ ready: server.url })
}
