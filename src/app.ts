import { createServer } from 'node:http'
import { createServerAdapter } from '@whatwg-node/server'
import type { GraphQLSchema } from 'graphql'
import type { Pool } from 'pg'
import pino, { type Logger } from 'pino'
import { coreParts } from './core.ts'
import { demoToken } from './demo/demo-token.ts'
import { createPublicForms } from './modules/leads/index.ts'
import { openFeed } from './platform/changes/feed.ts'
import { openStreamPoll } from './platform/changes/stream-poll.ts'
import { type Database, openDatabase } from './platform/data/database.ts'
import type { Models } from './platform/data/models/models.ts'
import { prismaBase } from './platform/data/prisma/transaction-client.ts'
import { keepStatisticsFresh } from './platform/data/statistics.ts'
import type { StatementListener } from './platform/data/transaction.ts'
import { readUniqueIndexes, type UniqueIndex } from './platform/data/unique-indexes.ts'
import { createAuthenticator } from './platform/identity/authenticate.ts'
import { openSignIn, type SignInOptions } from './platform/identity/open-sign-in.ts'
import { openSigningKeys } from './platform/identity/sessions/signing-keys.ts'
import { openSignedAddresses } from './platform/identity/signed-addresses.ts'
import { openJobs } from './platform/jobs/open-jobs.ts'
import { createJobQueue } from './platform/jobs/queue.ts'
import { maintainAudit } from './platform/log/seals/keep.ts'
import { openDeliveries } from './platform/plugins/background/deliver.ts'
import { createPluginContext } from './platform/plugins/host/create-plugin-context.ts'
import { openPluginHost, type PluginSupply } from './platform/plugins/host/host.ts'
import type { PluginHost, Runtime } from './platform/request/context.ts'
import type { PluginFailure } from './platform/request/plugin-failure.ts'
import { maintainKeys } from './platform/writes/old-keys.ts'
import { createAdmission } from './server/admission.ts'
import { createAuthEndpoints } from './server/auth/endpoints.ts'
import { createExportEndpoint } from './server/exports/endpoint.ts'
import { createFormEndpoint } from './server/forms/endpoint.ts'
import { createGraphQLServers, GRAPHQL_PATH } from './server/graphql.ts'
import { createHttpHandler, type ServerContext } from './server/http.ts'
import { countStreams } from './server/limits/streams.ts'
import { closeServer, startListening } from './server/listening.ts'
import { isLocalBrowser } from './server/local-browser.ts'
import { originsBehind } from './server/origin.ts'
import { createRouteEndpoint } from './server/plugin-routes/endpoint.ts'
import { limitRefusals } from './server/rates/refused-credentials.ts'
import { DEVELOPMENT, type ServerSettings } from './server/server-settings.ts'
import { createSignedEndpoint } from './server/signed-routes/endpoint.ts'
import { rejectUnreadableRequests } from './server/unreadable.ts'
import { serveWebSocket } from './server/websocket.ts'

export interface AppOptions {
  /** URL of a PostgreSQL database whose migrations have been run. */
  readonly databaseUrl: string
  /** Nothing is logged by default. */
  readonly log?: Logger
  /** Maximum number of database connections in the pool that requests share; 10 by default. */
  readonly poolSize?: number
  /** Whether a browser on this machine that opens the endpoint is signed in to the demo workspace; false by default. */
  readonly demoLogin?: boolean
  /** How the API is served; `DEVELOPMENT` by default. */
  readonly settings?: ServerSettings
  /**
   * Returns the plugins of the installation. Called at the start, and again when a plugin that is not loaded may have
   * been installed. No plugins by default.
   */
  readonly plugins?: (ownerPool: Pool) => Promise<PluginSupply>
  /** Addresses and CIDR ranges of the proxies whose `X-Forwarded-For` header is trusted; none by default. */
  readonly trustedProxies?: readonly string[]
  /** How people sign in: which identity providers are trusted, and how long sessions last. */
  readonly signIn?: SignInOptions
  /**
   * Origin of the URLs that clients use, such as `https://crm.example.com`. When it is null or absent, the server uses
   * the origin of each request.
   */
  readonly publicUrl?: string | null
  /**
   * Whether `prepare` will be called: then another process begins to prepare the models while the schema is built. False
   * by default.
   */
  readonly willPrepare?: boolean
  /** Returns the current time for writes, rules and jobs; the system clock by default. */
  readonly now?: () => Date
  /** Whether failures put a plugin into quarantine; true by default. */
  readonly quarantine?: boolean
  /** Called with every SQL statement that is sent while a request is handled. */
  readonly onStatement?: StatementListener
}

/** The whole server. It listens on a port only after `listen`. */
export interface App {
  /** The schema of core, without any plugin. */
  readonly schema: GraphQLSchema
  /** The runtime of core, without any plugin. */
  readonly runtime: Runtime
  readonly host: PluginHost
  readonly database: Database
  /** Returns the response of the server to a request, without a network connection. */
  fetch(request: Request): Promise<Response>
  /**
   * Loads what the first request that uses it would wait for: Prisma Client of the loaded plugins' models. After this
   * call, plugins that are added while the server runs are prepared too.
   */
  prepare(): Promise<void>
  /** Starts to listen; port 0 lets the system choose a free one. Returns the URL of the GraphQL endpoint. */
  listen(address: { readonly host: string; readonly port: number }): Promise<{ readonly url: string }>
  /**
   * Starts the background work, which runs until `close`: delivers changes to the plugins' handlers, runs their jobs,
   * seals audit entries and deletes old ones, deletes old idempotency keys, and keeps PostgreSQL's statistics up to
   * date.
   */
  startBackground(): void
  /** Stops accepting requests, finishes the running ones, ends streams and exports, and closes the database. */
  close(): Promise<void>
}

/** Creates the server on a database. */
export async function createApp(options: AppOptions): Promise<App> {
  const log = options.log ?? pino({ level: 'silent' })
  const settings = options.settings ?? DEVELOPMENT
  const database = openDatabase(options.databaseUrl, {
    ...(options.poolSize ? { poolSize: options.poolSize } : {}),
    onIdleError: (error) => log.warn({ err: error }, 'A database connection broke; it is replaced'),
  })
  const keys = await openSigningKeys(database.ownerPool)
  const { signIn, trustedIssuers } = openSignIn(database.ownerPool, keys, options.signIn ?? {}, (issuer, error) =>
    log.warn({ issuer, err: error }, 'A request to an identity provider failed'),
  )
  const signedAddresses = openSignedAddresses(database.ownerPool, options.publicUrl ?? null)
  const uniqueIndexes = new Map<string, UniqueIndex>()
  const feed = openFeed(options.databaseUrl, (error) =>
    log.warn({ err: error }, 'The change feed lost its database connection; it reconnects'),
  )
  const acceptsKey = async (keyId: string) => (await keys.find(keyId)) !== null
  const shared = {
    database,
    feed,
    streamPoll: openStreamPoll(database, acceptsKey),
    acceptsKey,
    streams: countStreams(settings.limits),
    uniqueIndexes,
    pluginContext: createPluginContext,
    jobs: createJobQueue(),
    trustedIssuers,
    signedAddresses,
    onPluginFailure: ({ cause, ...failure }: PluginFailure) => log.error({ ...failure, err: cause }, 'A plugin failed'),
    countsStrikes: options.quarantine ?? true,
    ...(options.now ? { now: options.now } : {}),
    ...(options.onStatement ? { onStatement: options.onStatement } : {}),
  }
  let isPrepared = false
  const prepare = ({ schema }: Models) => prismaBase(schema).connect()
  const core = await coreParts()
  const host = await openPluginHost(
    core,
    shared,
    async () => {
      const supply = (await options.plugins?.(database.ownerPool)) ?? { usable: [], refused: [] }
      // Read again each time, because plugins may be installed while the server runs, and their tables can have unique
      // indexes.
      for (const [name, index] of await readUniqueIndexes(database.ownerPool)) uniqueIndexes.set(name, index)
      return supply
    },
    ({ source, id, reason }) => log.error({ plugin: id ?? source, reason }, 'A plugin cannot be used'),
    async (models) => {
      if (isPrepared) await prepare(models)
    },
    (models) => {
      // A failure is thrown by the call of `prepare` that waits for the result: it tries again.
      if (options.willPrepare) void prepare(models).catch(() => undefined)
    },
  )
  const runtime = host.runtimeFor([])
  const authenticator = limitRefusals(
    createAuthenticator(database.ownerPool, keys, signIn),
    settings.rates.refusedCredentials,
  )
  const admission = createAdmission(settings)
  const presentation = { log, hints: settings.hints }
  const graphql = createGraphQLServers(host, { admission, presentation })
  const browserToken = async (request: Request) =>
    options.demoLogin && isLocalBrowser(request) ? demoToken(database.ownerPool, keys, request) : null
  const originOf = originsBehind(options.trustedProxies ?? [])
  const auth = createAuthEndpoints({ signIn, presentation, publicUrl: options.publicUrl ?? null })
  const background = { database, host, log }
  const forms = createFormEndpoint(createPublicForms(background, options.now), presentation)
  const pluginRoutes = createRouteEndpoint({ background, admission, presentation, settings })
  const signedRoutes = createSignedEndpoint({
    routes: core.plugins.flatMap((plugin) => (plugin.signedRoutes ?? []).map((route) => ({ plugin, route }))),
    addresses: signedAddresses,
    background,
    presentation,
    settings,
    now: options.now,
  })
  const endpointParts = { graphql, authenticator, admission, presentation, originOf }
  const exports = createExportEndpoint({ ...endpointParts, host, database, settings, now: options.now })
  const fetch = createHttpHandler({
    ...endpointParts,
    keys,
    database,
    settings,
    browserToken,
    auth,
    exports,
    forms,
    pluginRoutes,
    signedRoutes,
  })
  const closers: (() => Promise<unknown>)[] = [() => database.close()]
  const workers: { close(): Promise<void> }[] = []
  return {
    schema: runtime.schema,
    runtime,
    host,
    database,
    fetch,
    prepare() {
      isPrepared = true
      return prepare(runtime.registry.models)
    },
    async listen({ host, port }) {
      const server = createServer(createServerAdapter<ServerContext>(fetch))
      rejectUnreadableRequests(server, log)
      await startListening(server, host, port)
      const sockets = serveWebSocket(server, endpointParts)
      closers.push(
        () => closeServer(server),
        () => sockets.close(),
      )
      const address = server.address()
      const actualPort = address !== null && typeof address === 'object' ? address.port : port
      return { url: `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}${GRAPHQL_PATH}` }
    },
    startBackground() {
      workers.push(
        openDeliveries(background, feed),
        openJobs(background, options.databaseUrl),
        maintainAudit(background),
        keepStatisticsFresh(background),
        maintainKeys(background),
      )
    },
    async close() {
      await Promise.all(workers.splice(0).map((worker) => worker.close()))
      await exports.close()
      // Closing the feed ends the streams (open subscriptions). Their connections would otherwise keep the server open.
      await feed.close()
      for (const close of closers.splice(0).reverse()) await close()
    },
  }
}
