import { Command, CommanderError } from 'commander'
import { ConfigError, readConfig } from '../config.ts'
import type { CommandContext } from './command-context.ts'
import { createLog } from './log.ts'
import { knownProblem } from './problem.ts'
import { packageVersion } from './version.ts'

const ENVIRONMENT = `
Environment:
  DATABASE_URL    PostgreSQL to use, such as postgresql://user:password@host:5432/database (default: an embedded one)
  RAPPORT_HOME    folder of the embedded PostgreSQL (default: .rapport)
  RAPPORT_CONFIG  file that lists the plugins (default: rapport.config.ts in the folder of Rapport's package.json)
  HOST, PORT      address and port on which the server listens (default: 127.0.0.1 and 4000)
  TRUSTED_ISSUERS identity providers that workspaces may use (default: none)
  CLOCK_LEEWAY    how much the clock of an identity provider may differ from this machine's, at most 60s (default: 5s)
  SESSION_LIFE, SESSION_IDLE
                  when a session ends: after its start, and after it was last used (default: 30d and 7d)
  PUBLIC_URL      address of the server for clients, without a path (default: the address in each request)
  TRUSTED_PROXIES addresses or CIDR ranges of proxies whose X-Forwarded-For is trusted (default: none)
  NODE_ENV        production when other people can use the server, else development (default)
  GRAPHIQL, INTROSPECTION, ERROR_HINTS, DEMO_LOGIN
                  on or off (default: depends on NODE_ENV)
  CORS_ORIGINS, LIMIT_…, RATE_…, PERSISTED_OPERATIONS
                  see docs/operators
  LOG_LEVEL       silent, fatal, error, warn, info, debug or trace (default: info)`

/**
 * Returns the command `rapport`. It has only the subcommand that the first argument names; or all subcommands, such as
 * for `--help`, when the first argument is not a subcommand.
 */
export async function createProgram(context: CommandContext, args: readonly string[]): Promise<Command> {
  const program = new Command('rapport')
    .description('A CRM platform that is a GraphQL API over PostgreSQL.')
    .version(packageVersion())
    .addHelpText('after', ENVIRONMENT)
    .showHelpAfterError('(add --help for more)')
    .exitOverride()
  const [name = ''] = args
  const named = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  for (const load of named ? [named] : Object.values(COMMANDS)) program.addCommand((await load())(context))
  inheritSettings(program)
  return program
}

/**
 * Copies settings such as `exitOverride` from a command to all its subcommands. The library commander copies them only
 * to subcommands that were created with its method `command`.
 */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) inheritSettings(command.copyInheritedSettings(parent))
}

/** The subcommands by name. The code of a subcommand is imported only when it is needed, so that each starts faster. */
const COMMANDS: Readonly<Record<string, () => Promise<(context: CommandContext) => Command>>> = {
  start: async () => (await import('./commands/start.ts')).startCommand,
  migrate: async () => (await import('./commands/migrate.ts')).migrateCommand,
  workspace: async () => (await import('./commands/workspace.ts')).workspaceCommand,
  user: async () => (await import('./commands/user.ts')).userCommand,
  token: async () => (await import('./commands/token.ts')).tokenCommand,
  'api-key': async () => (await import('./commands/api-key.ts')).apiKeyCommand,
  keys: async () => (await import('./commands/keys.ts')).keysCommand,
  import: async () => (await import('./commands/import.ts')).importCommand,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  plugin: async () => (await import('./commands/plugin.ts')).pluginCommand,
  audit: async () => (await import('./commands/audit.ts')).auditCommand,
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
}

/**
 * Runs one command and sets the exit code of the process: 0 when the command succeeds, else 1. A problem that the
 * operator can correct is printed as a message; a bug in Rapport is printed with its stack.
 */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  const context = processContext()
  try {
    await (await createProgram(context, args)).parseAsync(args, { from: 'user' })
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
  return `This is a bug in Rapport. Please report it together with these details:\n${details}`
}
