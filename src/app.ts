import { createServer, type Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import { createServerAdapter } from '@whatwg-node/server'
import type { GraphQLSchema } from 'graphql'
import pino, { type Logger } from 'pino'
import { coreModules } from './modules/index.ts'
import { findActorByEmail } from './modules/workspaces/provision.ts'
import { createAuthenticator } from './platform/access/actor.ts'
import { openSigningKeys } from './platform/access/signing-keys.ts'
import { issueToken } from './platform/access/tokens.ts'
import { openFeed } from './platform/changes/feed.ts'
import type { Runtime } from './platform/context.ts'
import { readModelFiles } from './platform/data/compose.ts'
import { type Database, openDatabase } from './platform/data/database.ts'
import { readModels } from './platform/data/models.ts'
import type { StatementListener } from './platform/data/transaction.ts'
import { readUniqueIndexes } from './platform/data/unique-indexes.ts'
import { buildSchema } from './platform/schema/build/build.ts'
import { composeRegistry, type Registry } from './platform/schema/registry.ts'
import { createGraphQLServer, GRAPHQL_PATH } from './server/graphql.ts'
import { createHttpHandler } from './server/http.ts'
import { serveWebSocket } from './server/websocket.ts'

export interface AppOptions {
  /** PostgreSQL URL of a database that is migrated. */
  readonly databaseUrl: string
  readonly log?: Logger
  /** Connections to the database that requests share; 10 unless said otherwise. */
  readonly poolSize?: number
  /** Whether who opens the endpoint in a browser on this machine is signed in to the demo workspace. */
  readonly demoLogin?: boolean
  /** Told of every statement sent for a request. */
  readonly onStatement?: StatementListener
}

/** The whole server, without a port. */
export interface App {
  readonly schema: GraphQLSchema
  readonly runtime: Runtime
  readonly database: Database
  /** Answers a request as the server would. */
  fetch(request: Request): Promise<Response>
  /** Listens; port 0 takes a free one. Answers the address of the endpoint. */
  listen(address: { readonly host: string; readonly port: number }): Promise<{ readonly url: string }>
  /** Stops accepting, finishes what runs, ends the streams and closes the database. */
  close(): Promise<void>
}

/** The models and modules of core, composed. */
export async function composeCore(): Promise<{ readonly registry: Registry; readonly schema: GraphQLSchema }> {
  const directory = fileURLToPath(new URL('../prisma/models', import.meta.url))
  const registry = composeRegistry(readModels([await readModelFiles('core', directory)]), coreModules)
  return { registry, schema: buildSchema(registry) }
}

/** Builds the server on a database. Nothing listens until `listen`. */
export async function createApp(options: AppOptions): Promise<App> {
  const log = options.log ?? pino({ level: 'silent' })
  const { registry, schema } = await composeCore()
  const database = openDatabase(options.databaseUrl, {
    ...(options.poolSize ? { poolSize: options.poolSize } : {}),
    onIdleError: (error) => log.warn({ err: error }, 'A database connection broke; it is replaced'),
  })
  const [keys, uniqueIndexes] = await Promise.all([openSigningKeys(database.owner), readUniqueIndexes(database.owner)])
  const feed = openFeed(options.databaseUrl, (error) =>
    log.warn({ err: error }, 'The change feed lost its database connection; it reconnects'),
  )
  const runtime: Runtime = {
    database,
    registry,
    schema,
    feed,
    uniqueIndexes,
    ...(options.onStatement ? { onStatement: options.onStatement } : {}),
  }
  const authenticator = createAuthenticator(database.owner, keys)
  const graphql = createGraphQLServer(runtime, log)
  const browserToken = async (request: Request) => {
    if (!options.demoLogin || !isOwnBrowser(request)) return null
    const name = new URL(request.url).searchParams.get('as') ?? 'admin'
    const actor = await findActorByEmail(database.owner, 'demo', `${name}@demo.example`).catch(() => null)
    return actor
      ? issueToken(keys, {
          workspaceId: actor.workspaceId,
          actorId: actor.actorId,
          expiresInSeconds: DEMO_TOKEN_SECONDS,
        })
      : null
  }
  const fetch = createHttpHandler({ graphql, authenticator, keys, database, log, browserToken })
  const closers: (() => Promise<unknown>)[] = [() => database.close()]
  return {
    schema,
    runtime,
    database,
    fetch,
    async listen({ host, port }) {
      const server = createServer(createServerAdapter(fetch))
      await listening(server, host, port)
      const sockets = serveWebSocket(server, graphql, authenticator, log)
      closers.push(
        () => closeServer(server),
        () => sockets.close(),
      )
      const address = server.address()
      const actual = address !== null && typeof address === 'object' ? address.port : port
      return { url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}${GRAPHQL_PATH}` }
    },
    async close() {
      // Whoever follows the log ends first: its connection would keep the server open.
      await feed.close()
      for (const close of closers.splice(0).reverse()) await close()
    },
  }
}

// A working day: who reloads the page gets a new one.
const DEMO_TOKEN_SECONDS = 8 * 3_600

/** Whether the request comes from a browser on this machine: by a name of it, and through no proxy. */
function isOwnBrowser(request: Request): boolean {
  const isProxied = ['forwarded', 'x-forwarded-for', 'via'].some((header) => request.headers.has(header))
  return !isProxied && isLoopback(new URL(request.url).hostname)
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
}
