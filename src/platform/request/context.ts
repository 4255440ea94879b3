import type { GraphQLSchema } from 'graphql'
import type { Database } from '../data/database.ts'
import type { StatementListener, Transaction } from '../data/transaction.ts'
import type { UniqueIndexes } from '../data/unique-indexes.ts'
import type { LogEntry } from '../declare/change.ts'
import type { Plugin } from '../declare/plugin.ts'
import type { PluginContext } from '../declare/plugin-context.ts'
import type { Registry } from '../registry/object-type.ts'
import type { Actor } from './actor.ts'
import type { Explanation } from './explanation.ts'
import type { JobQueue } from './job-queue.ts'
import type { LoadedPlugin, UnavailablePlugin } from './loaded-plugin.ts'
import type { Feed, OpenStreams, StreamPoll } from './log-ports.ts'
import type { RequestOrigin } from './origin.ts'
import type { PluginFailure } from './plugin-failure.ts'
import type { SignedAddresses } from './signed-addresses.ts'
import type { TrustedIssuers } from './trusted-issuers.ts'

/** What an app shares between the requests of all workspaces that use the same plugins. */
export interface Runtime {
  readonly database: Database
  readonly registry: Registry
  readonly schema: GraphQLSchema
  /** Ids of the plugins of this composition, without core's modules, each after its dependencies. */
  readonly pluginIds: readonly string[]
  readonly host: PluginHost
  readonly feed: Feed
  /** Wakes idle streams (open subscriptions) for changes that the feed did not announce. */
  readonly streamPoll: StreamPoll
  /** Returns whether access tokens of the signing key are still accepted; notices a rotation within 30 seconds. */
  readonly acceptsKey: (keyId: string) => Promise<boolean>
  /** Limits how many streams an actor has open; no limit when absent. */
  readonly streams?: OpenStreams
  readonly uniqueIndexes: UniqueIndexes
  /** Returns what the plugin's code may use while it runs in the unit of work. */
  readonly pluginContext: (work: UnitOfWork, plugin: Plugin) => PluginContext
  /** Queue for the jobs of plugins; absent in a process without a job queue. */
  readonly jobs?: JobQueue
  /** Returns the time that writes, rules and jobs use; the system time when absent. Tests set it. */
  readonly now?: () => Date
  /** Identity providers that the operator allows for workspaces. When absent, no identity provider is allowed. */
  readonly trustedIssuers?: TrustedIssuers
  /** Makes addresses that people without an account can open; absent in a process that serves no requests. */
  readonly signedAddresses?: SignedAddresses
  /** Whether failures of plugins count as strikes, and three put a plugin into quarantine; true when absent. */
  readonly countsStrikes?: boolean
  /** Called for every failure of a plugin, to log it. */
  readonly onPluginFailure?: (failure: PluginFailure) => void
  /** Called for every statement that is sent for a request. Tests count them. */
  readonly onStatement?: StatementListener
}

/** The plugins of this process, and the Runtime for each set of plugins that a workspace uses. */
export interface PluginHost {
  /** The modules of core, which every workspace uses. */
  readonly modules: readonly Plugin[]
  /** Loaded plugins that can be composed, each after its dependencies. */
  readonly loaded: readonly LoadedPlugin[]
  /** Plugins of the installation that this process can't use. */
  readonly unavailable: readonly UnavailablePlugin[]
  /** Returns the ids of the plugins that are installed, according to the database. */
  installed(): Promise<ReadonlySet<string>>
  /**
   * Returns the plugin with this id, after loading it if it was installed since the start. Null when it can't be used
   * or was removed.
   */
  find(id: string): Promise<Plugin | null>
  /** Returns the Runtime for a workspace that has enabled these plugins. Plugins that can't be used are left out. */
  runtimeFor(pluginIds: readonly string[]): Runtime
  /** Returns the Runtime for an actor's workspace, after loading plugins that were installed since the start. */
  runtimeOf(actor: Pick<Actor, 'plugins'>): Promise<Runtime>
  /**
   * Checks the plugins that a workspace has enabled. For each plugin that can't be used because a plugin on which it
   * depends is not in use, or because it can't be composed with the others, returns the reason, by plugin id.
   */
  outOfUse(pluginIds: readonly string[]): ReadonlyMap<string, string>
}

/** The context of one request. Each event of a subscription gets a new one. */
export interface RequestContext {
  readonly runtime: Runtime
  readonly actor: Actor
  readonly requestId: string
  /** Where the request came from, for the audit; absent for background work. */
  readonly origin?: RequestOrigin
  /** Root mutation field that is being executed, for the audit; absent outside of mutations. */
  readonly mutation?: string
  /**
   * Collects the records in the mutation's answer whose object has audited reads: uuids by object. Absent outside of
   * mutations.
   */
  readonly auditedReads?: Map<string, Set<string>>
  /** How the request is answered; set when the client asked for it. */
  readonly explanation?: Explanation | undefined
  /** `Idempotency-Key` header, or null. */
  readonly idempotencyKey: string | null
  /** Hash of document, variables and operation name. A repeated idempotency key with another hash is refused. */
  readonly requestHash: string
  /** Time of the unit of work in which the context is used; absent outside of one. */
  readonly now?: Date
  /**
   * Whether a handler of a plugin runs, or a job that a handler requested, also by way of other jobs. The plugin's handlers
   * do not get the changes of such work, so that they can't cause each other to run without end.
   */
  readonly byHandler?: boolean
}

/** One transaction of writes, which is committed together with its log. */
export interface UnitOfWork {
  readonly context: RequestContext
  readonly transaction: Transaction
  /** Time of all writes in the transaction. */
  readonly now: Date
  /** Writes of the transaction so far, in order. */
  readonly log: LogEntry[]
  /** Whether a plugin's code wrote records, jobs, or rows with SQL of its own. `log` contains only the records. */
  hasPluginStatements: boolean
}
