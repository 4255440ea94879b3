import pg from 'pg'

/** The two doors to one PostgreSQL database. */
export interface Database {
  /** The server's door: role `rapport_app`, held by row-level security to the workspace its transaction names. */
  readonly app: pg.Pool
  /**
   * The installation's door, as owner of the tables, whom row-level security does not hold: migrations, the command line,
   * who a credential belongs to, clean-up. Never used for a request's data.
   */
  readonly ownerPool: pg.Pool
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** Connections of the server's pool; 10 unless said otherwise. */
  readonly poolSize?: number
  /** Told of an idle connection that broke; the pool replaces it by itself. */
  readonly onIdleError?: (error: Error) => void
}

/** Role under which the server reads and writes; made by the first migration. */
export const APP_ROLE = 'rapport_app'

const DATE_OID = 1082
const JSON_TEXT_OID = 114

// A calendar day is not an instant: pg's default would turn it into midnight of the server's zone.
// json stays text here: a compiled read parses it where it is shaped.
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === DATE_OID || oid === JSON_TEXT_OID
      ? (value: string) => value
      : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
}

/** Opens both pools on a PostgreSQL URL. Connects lazily; `close` ends both. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const shared = { connectionString: url, types, allowExitOnIdle: true, connectionTimeoutMillis: 10_000 }
  // Compiling a statement to machine code takes PostgreSQL seconds, for reads that take milliseconds.
  const settings = '-c timezone=UTC -c idle_in_transaction_session_timeout=60000 -c jit=off'
  const app = new pg.Pool({
    ...shared,
    max: options.poolSize ?? 10,
    pipeline: true,
    options: `${settings} -c role=${APP_ROLE} -c statement_timeout=30000`,
  })
  const ownerPool = new pg.Pool({ ...shared, max: 4, options: settings })
  let isClosing = false
  // PostgreSQL may go away while the pools still close: that is no news.
  const onIdleError = (error: Error) => {
    if (!isClosing) options.onIdleError?.(error)
  }
  for (const pool of [app, ownerPool]) {
    pool.on('error', onIdleError)
    // While a transaction waits for code in between its statements, nobody else listens: its next statement fails.
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
