import type { Sql } from '../data/sql.ts'
import type { UserError } from '../operations/user-errors.ts'

/** What a plugin's code may use while it runs in a workspace's transaction. */
export interface PluginContext {
  /** Time of the transaction, the same for all of it. */
  readonly now: Date
  /** Who asked for it: a user or an API key; the plugin itself where nobody did. */
  readonly actor: ContextActor
  /** The transaction for statements of the plugin's own. Everything it writes is committed with the rest, or never was. */
  readonly transaction: ContextTransaction
  /** Records of every object, under the rights of the caller and of the plugin's permissions together. */
  readonly records: Records
  /** The plugin's settings in this workspace, with what the operator set for the installation under them. */
  readonly settings: Readonly<Record<string, unknown>>
  /** A secret of the plugin in this workspace, or null where it is not set. */
  secret(name: string): Promise<string | null>
  /** Asks for a run of one of the plugin's jobs in this workspace once the transaction has committed. */
  enqueue(job: string, payload?: Readonly<Record<string, unknown>>, options?: EnqueueOptions): Promise<void>
}

export interface ContextActor {
  /** uuid */
  readonly id: string
  readonly kind: 'USER' | 'API_KEY' | 'PLUGIN'
  readonly displayName: string
}

export interface ContextTransaction {
  /** uuid */
  readonly workspaceId: string
  /**
   * Runs a statement and answers its rows. It may read and write the plugin's own tables, and read those that the plugin
   * names under `reads`. Always say `workspace_id = …` in it: row-level security shows no other, but the index wants it.
   */
  query<Row extends Record<string, unknown> = Record<string, unknown>>(statement: Sql): Promise<Row[]>
}

export interface EnqueueOptions {
  /** Not before then. */
  readonly runAt?: Date
  /** A run that waits under the same key is replaced by this one. */
  readonly key?: string
}

/** Column values of a record by the model's field names: ids are uuids, instants Dates, decimals texts. */
export type RecordValues = Readonly<Record<string, unknown>>

export interface RecordWrite {
  /** uuid of the record; null where there are errors. */
  readonly id: string | null
  readonly userErrors: readonly UserError[]
}

export interface FindOptions {
  /** The object's GraphQL filter, such as `{ name: { contains: 'acme' } }`. */
  readonly filter?: Readonly<Record<string, unknown>>
  /** Only these, by uuid. */
  readonly ids?: readonly string[]
  /** 1,000 at most, 100 unless said otherwise; by id, so the oldest first. */
  readonly first?: number
  /** Only records with an id after this uuid. */
  readonly after?: string
}

/**
 * Records through the same doors as everybody's: reads are guarded, writes are operations with rules, log and audit. Inputs
 * are those of the GraphQL API, except that ids may be plain uuids, and a reference to a record of any type may be
 * `{ type: 'Account', id: uuid }`. A rule that runs before a write can't write.
 * @throws GraphQLError FORBIDDEN, naming the plugin, where the caller or the plugin's permissions don't allow it.
 */
export interface Records {
  /** Rows of an object that the caller may see. */
  find(object: string, options?: FindOptions): Promise<RecordValues[]>
  /** The record of that uuid, or null. */
  get(object: string, id: string): Promise<RecordValues | null>
  create(object: string, input: RecordValues): Promise<RecordWrite>
  /** A kind of an abstract object, such as `log('Interaction', 'note', { … })`. */
  log(object: string, kind: string, input: RecordValues): Promise<RecordWrite>
  /** Changes fields of a record, whatever its version. */
  update(object: string, id: string, input: RecordValues): Promise<RecordWrite>
  /**
   * Sets columns of a record of the plugin's own objects, those too that clients can't write, such as a status. A version
   * that is not the record's any more changes nothing and answers StaleVersionError.
   */
  patch(object: string, id: string, columns: RecordValues, version?: number): Promise<RecordWrite>
  /** A business act, such as `act('completeTask', id)`. */
  act(name: string, id: string): Promise<RecordWrite>
  delete(object: string, id: string): Promise<RecordWrite>
}
