import { Command, CommanderError } from 'commander'
import { ConfigError, readConfig } from '../config.ts'
import type { CommandContext } from './command-context.ts'
import { apiKeyCommand } from './commands/api-key.ts'
import { auditCommand } from './commands/audit.ts'
import { demoCommand } from './commands/demo.ts'
import { doctorCommand } from './commands/doctor.ts'
import { importCommand } from './commands/import.ts'
import { keysCommand } from './commands/keys.ts'
import { migrateCommand } from './commands/migrate.ts'
import { pluginCommand } from './commands/plugin.ts'
import { startCommand } from './commands/start.ts'
import { tokenCommand } from './commands/token.ts'
import { userCommand } from './commands/user.ts'
import { workspaceCommand } from './commands/workspace.ts'
import { createLog } from './log.ts'
import { knownProblem } from './problem.ts'
import { packageVersion } from './version.ts'

const ENVIRONMENT = `
Environment:
  DATABASE_URL    PostgreSQL to use, such as postgresql://user:password@host:5432/database (default: an embedded one)
  RAPPORT_HOME    folder of the embedded PostgreSQL (default: .rapport)
  RAPPORT_CONFIG  file that lists the plugins (default: rapport.config.ts beside Rapport's package.json)
  HOST, PORT      where the server listens (default: 127.0.0.1 and 4000)
  TRUSTED_ISSUERS identity providers that workspaces may use (default: none)
  CLOCK_LEEWAY    how far their clocks may differ from this one, at most 60s (default: 5s)
  SESSION_LIFE, SESSION_IDLE
                  how long a sign-in lasts, and how long without use (default: 30d and 7d)
  PUBLIC_URL      address of the server for clients, without a path (default: that of the request)
  TRUSTED_PROXIES addresses or CIDR ranges of proxies whose X-Forwarded-For is trusted (default: none)
  NODE_ENV        production when others can use the server, else development (default)
  GRAPHIQL, INTROSPECTION, ERROR_HINTS, DEMO_LOGIN
                  on or off, instead of the default of NODE_ENV; CORS_ORIGINS, LIMIT_…, RATE_…, PERSISTED_OPERATIONS: see docs/operators
  LOG_LEVEL       silent, fatal, error, warn, info, debug or trace (default: info)`

/** Returns the command `rapport` with all its subcommands. */
export function createProgram(context: CommandContext): Command {
  const program = new Command('rapport')
    .description('A CRM platform that is a GraphQL API over PostgreSQL.')
    .version(packageVersion())
    .addHelpText('after', ENVIRONMENT)
    .showHelpAfterError('(add --help for more)')
    .exitOverride()
  for (const create of COMMANDS) program.addCommand(create(context))
  inheritSettings(program)
  return program
}

/** Copies settings to all subcommands. Commander does so only for commands that it creates itself. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) inheritSettings(command.copyInheritedSettings(parent))
}

const COMMANDS = [
  startCommand,
  migrateCommand,
  workspaceCommand,
  userCommand,
  tokenCommand,
  apiKeyCommand,
  keysCommand,
  importCommand,
  pluginCommand,
  auditCommand,
  demoCommand,
  doctorCommand,
] as const

/**
 * Runs one command and sets the exit code of the process: 0 when the command succeeds, else 1. A problem that the operator
 * can correct is printed as a message; a bug of Rapport is printed with its stack.
 */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  const context = processContext()
  try {
    await createProgram(context).parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode
      return
    }
    process.exitCode = 1
    process.stderr.write(`${explain(error, context)}\n`)
  }
}

function processContext(): CommandContext {
  let config: ReturnType<typeof readConfig> | undefined
  let log: ReturnType<typeof createLog> | undefined
  const readOnce = () => (config ??= readConfig())
  return {
    config: readOnce,
    log: () => (log ??= createLog(readOnce().logLevel)),
    input: () => process.stdin.setEncoding('utf8'),
    print: (line) => process.stdout.write(`${line}\n`),
  }
}

function explain(error: unknown, context: CommandContext): string {
  if (error instanceof ConfigError) return error.message
  const problem = knownProblem(error, context.config())
  if (problem !== null) return problem
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `This is a bug of Rapport; please report it with the following.\n${details}`
}
