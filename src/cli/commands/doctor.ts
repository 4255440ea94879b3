import { Command } from 'commander'
import type { Logger } from 'pino'
import { type Config, ConfigError } from '../../config.ts'
import { openDatabase } from '../../platform/data/database.ts'
import type { CommandContext } from '../command-context.ts'
import { openDatabaseUrl } from '../connect.ts'
import { examineDatabase } from '../doctor/database.ts'
import { type Finding, formatFinding, good, problem } from '../doctor/finding.ts'
import { examineHome } from '../doctor/home.ts'
import { examinePlugins } from '../doctor/plugins.ts'
import { examinePort } from '../doctor/port.ts'
import { knownProblem } from '../problem.ts'
import { packageVersion } from '../version.ts'

/** `rapport doctor` */
export function doctorCommand(context: CommandContext): Command {
  return new Command('doctor')
    .description(
      'Report the problems of this installation and how to correct them. Changes nothing; exits with 1 when there is a problem.',
    )
    .action(async () => {
      let problems = 0
      for await (const finding of examine(context)) {
        if (finding.state === 'problem') problems += 1
        context.print(formatFinding(finding))
      }
      if (problems > 0) process.exitCode = 1
    })
}

async function* examine(context: CommandContext): AsyncGenerator<Finding> {
  yield good('Rapport', `${packageVersion()} on Node ${process.versions.node}.`)
  let config: Config
  try {
    config = context.config()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    yield problem('Environment', error.message)
    return
  }
  yield* await findingsOrProblem('Database', config, () => examineInstallation(config, context.log()))
  yield* await findingsOrProblem('Port', config, async () => [await examinePort(config)])
}

async function examineInstallation(config: Config, log: Logger): Promise<Finding[]> {
  const home = config.databaseUrl === null ? await examineHome(config.home) : { findings: [], exists: true }
  if (!home.exists) return home.findings
  const findings = await findingsOrProblem('Database', config, async () => {
    const connection = await openDatabaseUrl(config, log, 'rapport doctor')
    try {
      const database = await examineDatabase(connection.url)
      // Plugins are examined only when the tables of core exist.
      if (!database.isMigrated) return database.findings
      return [
        ...database.findings,
        ...(await findingsOrProblem('Plugins', config, () => pluginFindings(connection.url, config))),
      ]
    } finally {
      await connection.close()
    }
  })
  return [...home.findings, ...findings]
}

async function pluginFindings(url: string, { pluginsFile }: Config): Promise<Finding[]> {
  const database = openDatabase(url)
  try {
    return await examinePlugins(database.ownerPool, pluginsFile)
  } finally {
    await database.close()
  }
}

/**
 * Returns the findings of an examination. When it throws, returns the error as the only finding, a problem of
 * `subject`.
 */
async function findingsOrProblem(
  subject: string,
  config: Config,
  examine: () => Promise<Finding[]>,
): Promise<Finding[]> {
  try {
    return await examine()
  } catch (error) {
    return [problem(subject, knownProblem(error, config) ?? (error instanceof Error ? error.message : String(error)))]
  }
}
