import type { Config } from '../config.ts'
import { EmbeddedPostgresError } from '../platform/data/embedded/embedded-error.ts'
import { MigrationError, NewerDatabaseError } from '../platform/data/migrations/migration-error.ts'
import { ModelError } from '../platform/data/models/model-error.ts'
import { PasswordError, ProvisioningError } from '../platform/identity/identity-errors.ts'
import { PluginLifecycleError, PluginLoadError } from '../platform/plugins/load/plugin-error.ts'
import { CommandError } from './command-error.ts'

const OPERATOR_ERRORS = [
  CommandError,
  EmbeddedPostgresError,
  MigrationError,
  ModelError,
  NewerDatabaseError,
  PasswordError,
  PluginLifecycleError,
  PluginLoadError,
  ProvisioningError,
]

/**
 * Returns the message to print for a problem that the operator can correct; null when the error is a bug in Rapport.
 */
export function knownProblem(error: unknown, config: Config): string | null {
  for (const errorClass of OPERATOR_ERRORS) if (error instanceof errorClass) return error.message
  // A failed connection to a host name with several addresses has one error for each address.
  if (error instanceof AggregateError) return knownProblem(error.errors[0], config)
  if (!(error instanceof Error) || !('code' in error)) return null
  const explain = EXPLANATIONS[String(error.code)]
  return explain === undefined ? null : explain(error.message, config)
}

type Explain = (reason: string, config: Config) => string

const unreachable: Explain = (reason, config) =>
  `Cannot reach PostgreSQL at ${addressOf(config)}: ${reason}. Start it, or correct DATABASE_URL.`
/** Node's message ends with the host name that can't be resolved: either HOST or the host of the database. */
const unresolvedName: Explain = (reason, config) =>
  reason.endsWith(` ${config.host}`)
    ? `The host name ${config.host} can't be resolved. Set HOST to an address of this machine, such as 127.0.0.1.`
    : unreachable(reason, config)
const refused: Explain = (reason, config) =>
  `PostgreSQL at ${addressOf(config)} refuses the connection: ${reason}. Correct DATABASE_URL or the rights of its user.`
const notMigrated: Explain = (reason) =>
  `The database does not have the tables of this version of Rapport (${reason}). Run: rapport migrate`

const EXPLANATIONS: Readonly<Record<string, Explain>> = {
  EADDRINUSE: (_, { host, port }) =>
    `Port ${port} of ${host} is used by another program. Stop that program, or choose another port with PORT.`,
  EACCES: (reason, { host, port }) =>
    reason.includes('listen')
      ? `This user may not listen on port ${port} of ${host}. Choose a PORT above 1023.`
      : reason,
  EADDRNOTAVAIL: (_, { host }) =>
    `This machine has no address ${host}. Set HOST to an address of this machine, such as 127.0.0.1.`,
  ECONNREFUSED: unreachable,
  ECONNRESET: unreachable,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ENOTFOUND: unresolvedName,
  EAI_AGAIN: unresolvedName,
  ETIMEDOUT: unreachable,
  // PostgreSQL's own codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
  '28000': refused,
  '28P01': refused,
  '3D000': refused,
  '42501': refused,
  '53300': refused,
  '57P01': unreachable,
  '57P03': unreachable,
  '42P01': notMigrated,
  '42703': notMigrated,
}

/** Returns the address of the database, without the password. */
function addressOf({ databaseUrl, home }: Config): string {
  if (databaseUrl === null) return `${home} (embedded)`
  const { host, pathname, username } = new URL(databaseUrl)
  return `${host}${pathname}${username === '' ? '' : ` as ${decodeURIComponent(username)}`}`
}
