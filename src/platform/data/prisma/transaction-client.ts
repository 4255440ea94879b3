import { clientClass } from './client-class.ts'
import { joiningAdapter, joinWith, type SendStatement } from './joined-connection.ts'
import { describeHere, describeSchema, type ModelDescription } from './model-description.ts'

/** The functions of one model of a client, such as `findMany`, by name. */
type ModelFunctions = Readonly<Record<string, (args?: unknown) => Promise<unknown>>>
/** A client within one transaction: the functions of each model, by the model's name in camelCase. */
export type JoinedClient = Readonly<Record<string, ModelFunctions>>

/** Prisma Client of a composed schema. It is used within transactions that the platform has begun. */
export interface PrismaBase {
  /**
   * Makes the client, loads the compiler of queries and compiles one, so that the first query of a request does not wait
   * for that.
   * @throws ModelDescriptionError when the client cannot be made. The next call tries it again.
   */
  connect(): Promise<void>
  /**
   * Returns references to the columns of a model, by which a `where` compares two columns. Before the client is made,
   * the first call computes for some seconds.
   */
  fieldsOf(model: string): unknown
  /** Joins a transaction. The returned client works until `onEnd` calls its callback. */
  join(send: SendStatement, onEnd: (callback: () => void) => void): Promise<JoinedClient>
}

/** Clients by schema, the latest last. Several sets of plugins of one process share the schema of all loaded plugins. */
const bases = new Map<string, PrismaBase>()
const MAX_BASES = 4

/** Returns the client of a composed schema. It is made when it is used first. */
export function prismaBase(schema: string): PrismaBase {
  const cached = bases.get(schema)
  bases.delete(schema)
  const base = cached ?? createBase(schema)
  bases.set(schema, base)
  const [oldest] = bases.keys()
  if (bases.size > MAX_BASES && oldest !== undefined) bases.delete(oldest)
  return base
}

type Client = InstanceType<ReturnType<typeof clientClass>>

/** Compiles a query without sending it. The first one takes as long as many of the next. */
async function compileFirst(client: Client): Promise<void> {
  const send = async () => ({ command: 'SELECT', oid: 0, rows: [], fields: [], rowCount: 0 })
  await joinWith(send, () =>
    client.$transaction((joined: JoinedClient) => joined['workspace']?.['findFirst']?.(), NO_TIMEOUT),
  )
}

/** One day: the platform ends transactions itself, by the limits of the database and of the request. */
const NO_TIMEOUT = { maxWait: 86_400_000, timeout: 86_400_000 }

function createBase(schema: string): PrismaBase {
  let created: Client | null = null
  const create = (description: ModelDescription): Client => {
    created ??= new (clientClass(schema, description))({ adapter: joiningAdapter() })
    return created
  }
  const client = sharedUntilFailed(async () => created ?? create(await describeSchema(schema)))
  return {
    connect: sharedUntilFailed(async () => compileFirst(await client())),
    // Synchronous, as Prisma's own: code that uses it before the client is made can't wait for the other process.
    fieldsOf: (model) => Reflect.get(created ?? create(describeHere(schema)), model).fields,
    join: async (send, onEnd) => joinTransaction(await client(), send, onEnd),
  }
}

/** Returns a function whose calls share one execution of `start`. After a failure, the next call starts it again. */
function sharedUntilFailed<Value>(start: () => Promise<Value>): () => Promise<Value> {
  let shared: Promise<Value> | null = null
  return () => {
    shared ??= start().catch((error: unknown) => {
      shared = null
      throw error
    })
    return shared
  }
}

function joinTransaction(
  client: Client,
  send: SendStatement,
  onEnd: (callback: () => void) => void,
): Promise<JoinedClient> {
  return new Promise((resolve, reject) => {
    const ended = new Promise<void>((end) => onEnd(end))
    const run = async (joined: JoinedClient) => {
      resolve(joined)
      await ended
    }
    joinWith(send, () => client.$transaction(run, NO_TIMEOUT)).catch(reject)
  })
}
