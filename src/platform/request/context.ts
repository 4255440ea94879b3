import type { GraphQLSchema } from 'graphql'
import type { Database } from '../data/database.ts'
import type { StatementListener, Transaction } from '../data/transaction.ts'
import type { UniqueIndexes } from '../data/unique-indexes.ts'
import type { LogEntry } from '../declare/change.ts'
import type { Plugin } from '../declare/plugin.ts'
import type { PluginContext } from '../declare/plugin-context.ts'
import type { Registry } from '../registry/object-type.ts'
import type { Actor } from './actor.ts'
import type { JobQueue } from './job-queue.ts'
import type { LoadedPlugin, UnavailablePlugin } from './loaded-plugin.ts'
import type { Feed, OpenStreams, StreamPoll } from './log-ports.ts'
import type { RequestOrigin } from './origin.ts'
import type { PluginFailure } from './plugin-failure.ts'
import type { TrustedIssuers } from './trusted-issuers.ts'

/** What one app holds for all requests of the workspaces that use the same plugins. */
export interface Runtime {
  readonly database: Database
  readonly registry: Registry
  readonly schema: GraphQLSchema
  /** The plugins in it beside core, each after those it depends on. */
  readonly pluginIds: readonly string[]
  readonly host: PluginHost
  readonly feed: Feed
  /** Looks at what nobody announces, for streams that wait. */
  readonly streamPoll: StreamPoll
  /** Whether access tokens of that signing key are still accepted; it follows a rotation within 30 s. */
  readonly acceptsKey: (keyId: string) => Promise<boolean>
  /** Counts the streams that actors have open; without a limit when absent. */
  readonly streams?: OpenStreams
  readonly uniqueIndexes: UniqueIndexes
  /** What the plugin's code may use while it runs in the work's transaction. */
  readonly pluginContext: (work: UnitOfWork, plugin: Plugin) => PluginContext
  /** Where plugins put work for the background; absent where nothing would do it. */
  readonly jobs?: JobQueue
  /** The time that writes, rules and jobs see; the real one when absent. */
  readonly now?: () => Date
  /** Identity providers that the operator lets workspaces use; none when absent. */
  readonly trustedIssuers?: TrustedIssuers
  /** Told of every failure of a plugin, for the log. */
  readonly onPluginFailure?: (failure: PluginFailure) => void
  /** Told of every statement sent for a request; tests count them. */
  readonly onStatement?: StatementListener
}

/** The plugins of this process, and the Runtime of each set of them that a workspace uses. */
export interface PluginHost {
  /** Loaded and fitting together, each after those it depends on. */
  readonly loaded: readonly LoadedPlugin[]
  readonly unavailable: readonly UnavailablePlugin[]
  /** Ids of the plugins that the installation has at this moment. */
  installed(): Promise<ReadonlySet<string>>
  /** The plugin of that id, loaded now if it was installed since the start; null when it can't be used, or was removed. */
  find(id: string): Promise<Plugin | null>
  /** The Runtime for a workspace that uses these plugins; those that can't be used are left out. */
  runtimeFor(pluginIds: readonly string[]): Runtime
  /** The same for an actor's workspace, after a look for plugins that were installed since the start. */
  runtimeOf(actor: Pick<Actor, 'plugins'>): Promise<Runtime>
  /** Which of these plugins a workspace would do without for lack of others that they build on, with the reason, by id. */
  outOfUse(pluginIds: readonly string[]): ReadonlyMap<string, string>
}

/** What one request knows. A subscription's events each get a fresh one. */
export interface RequestContext {
  readonly runtime: Runtime
  readonly actor: Actor
  readonly requestId: string
  /** Where the request came from, for the audit; absent for what no request asked for. */
  readonly origin?: RequestOrigin
  /** Root mutation field that is being answered, for the audit; absent for what no mutation asked for. */
  readonly mutation?: string
  /** Takes the records of objects with audited reads that the mutation's answer tells of, by object. */
  readonly auditedReads?: Map<string, Set<string>>
  /** `Idempotency-Key` header, or null. */
  readonly idempotencyKey: string | null
  /** Hash of document, variables and operation name: the same key with another request is refused. */
  readonly requestHash: string
}

/** One transaction of writes: what it does is logged when it commits, or never happened. */
export interface UnitOfWork {
  readonly context: RequestContext
  readonly transaction: Transaction
  /** Time of the writes, the same for all of them. */
  readonly now: Date
  readonly log: LogEntry[]
  /** Whether a plugin sent statements of its own, which the log doesn't tell. */
  hasPluginStatements: boolean
}
