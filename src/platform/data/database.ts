import pg from 'pg'

/** The two connection pools of one PostgreSQL database. */
export interface Database {
  /**
   * The server's pool: role `rapport_app`, which row-level security restricts to the workspace that a transaction sets.
   */
  readonly app: pg.Pool
  /**
   * The installation's pool: the owner of the tables, to whom row-level security does not apply. For migrations, the
   * command line, looking up the actor of a credential, and clean-up. Never used for the data of a request.
   */
  readonly ownerPool: pg.Pool
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** Maximum number of connections of the server's pool. Default 10. */
  readonly poolSize?: number
  /** Called when an idle connection broke. The pool replaces the connection itself. */
  readonly onIdleError?: (error: Error) => void
}

/** The role under which the server reads and writes. `ensureAppRole` creates it before the first migration. */
export const APP_ROLE = 'rapport_app'

const DATE_OID = 1082
const JSON_TEXT_OID = 114

// A date stays text: pg's default would turn it into an instant, midnight in the server's time zone.
// json stays text: a read that was compiled to SQL comes with a function `shape`, which parses the text.
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === DATE_OID || oid === JSON_TEXT_OID
      ? (value: string) => value
      : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
}

/** Creates both pools for a PostgreSQL URL. Connections are opened on first use; `close` ends both pools. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const shared = { connectionString: url, types, allowExitOnIdle: true, connectionTimeoutMillis: 10_000 }
  // No just-in-time compilation: compiling a statement to machine code takes PostgreSQL seconds, and running the
  // statement takes milliseconds.
  const settings = '-c timezone=UTC -c idle_in_transaction_session_timeout=60000 -c jit=off'
  const app = new pg.Pool({
    ...shared,
    max: options.poolSize ?? 10,
    pipeline: true,
    options: `${settings} -c role=${APP_ROLE} -c statement_timeout=30000`,
  })
  const ownerPool = new pg.Pool({ ...shared, max: 4, options: settings })
  let isClosing = false
  // PostgreSQL may stop while the pools are closing: such errors are expected and not reported.
  const onIdleError = (error: Error) => {
    if (!isClosing) options.onIdleError?.(error)
  }
  for (const pool of [app, ownerPool]) {
    pool.on('error', onIdleError)
    // When a connection breaks while a transaction runs code between two statements, no other listener handles the
    // error, which would end the process. The next statement fails and reports it.
    pool.on('connect', (client) => client.on('error', () => undefined))
  }
  return {
    app,
    ownerPool,
    async close() {
      isClosing = true
      await Promise.all([app.end(), ownerPool.end()])
    },
  }
}
