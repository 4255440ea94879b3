import type { z } from 'zod'
import type { ModelTypes } from '../../../generated/models.ts'
import type { Sql } from '../data/sql.ts'
import type { Permission } from './permission.ts'
import type { UserError } from './rules/user-errors.ts'

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
  /** Whether `records` may do this here: whether the caller and the plugin's permissions both allow it. */
  can(permission: Permission): boolean
  /** A uuid (version 7) for a row of the plugin's own statements: later ones sort after earlier ones. */
  newId(): string
  /**
   * The plugin's settings by the schema it declares them with, `settings.workspace` or `settings.installation`. What a
   * workspace has not set is what the operator set for the installation under the same name, then the schema's default. The
   * first call in a transaction reads them; code that doesn't ask costs nothing.
   * @throws Error for any other schema.
   */
  settings<Schema extends z.ZodObject>(schema: Schema): Promise<z.infer<Schema>>
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

/** What became of a record that another system told of. */
export interface RecordUpsert extends RecordWrite {
  /** UNCHANGED too where it was refused, is older than what is known, or was put away: then its id is null. */
  readonly outcome: 'CREATED' | 'UPDATED' | 'UNCHANGED'
}

/** Columns of an object that is called like its model; of any other, values without types. */
export type ColumnsOf<Name extends string> = Name extends keyof ModelTypes
  ? Readonly<ModelTypes[Name]['columns']>
  : RecordValues

export interface ManyOptions {
  /** Where the inputs are in the arguments: errors have the path `[...path, '3', 'email']`. `['input']` when absent. */
  readonly path?: readonly string[]
}

export interface UpsertOptions<Name extends string> extends ManyOptions {
  /**
   * Input fields that together name one record: columns of a unique index. They have to be there in each input. The
   * object's natural key when absent.
   */
  readonly by?: readonly string[]
  /**
   * Whether what is told is newer than the record as it stands; where it is not, nothing changes. Everything is when
   * absent. `told` holds the columns that the input sets, as they would be stored; `known` those that the object publishes.
   */
  isNewer?(told: Partial<ColumnsOf<Name>>, known: ColumnsOf<Name>): boolean
  /** Input fields that a record which is there gets instead of those told; undefined leaves one as it is. */
  amend?(told: Partial<ColumnsOf<Name>>, known: ColumnsOf<Name>): RecordValues
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
 * `{ type: 'Account', id: uuid }`. An id may come from a client as it is: one that is malformed, of another object or of
 * another workspace leads to no record. A rule that runs before a write can't write.
 * @throws GraphQLError FORBIDDEN, naming the plugin, where the caller or the plugin's permissions don't allow it.
 */
export interface Records {
  /** Rows of an object that the caller may see. */
  find(object: string, options?: FindOptions): Promise<RecordValues[]>
  /** The record with that id, or null. */
  get(object: string, id: string): Promise<RecordValues | null>
  create(object: string, input: RecordValues): Promise<RecordWrite>
  /**
   * Creates 1,000 records at most, in as few statements as the bulk mutations of the API. Answers in input order; those that
   * are refused don't keep the others from being written.
   */
  createMany(object: string, inputs: readonly RecordValues[], options?: ManyOptions): Promise<RecordWrite[]>
  /**
   * Takes over a record as another system tells of it, any number of times and in any order: creates it, or updates the one
   * of the same key. Whoever is told of the same at the same time waits, and then updates. One that was put away stays so.
   * Needs the permissions to create and to update, and to read with `isNewer` or `amend`.
   */
  upsert<Name extends string>(object: Name, input: RecordValues, options?: UpsertOptions<Name>): Promise<RecordUpsert>
  /**
   * The same for 1,000 records at most: all are looked up in one statement, and new ones are inserted together. Answers in
   * input order; several of one key are taken in turn.
   */
  upsertMany<Name extends string>(
    object: Name,
    inputs: readonly RecordValues[],
    options?: UpsertOptions<Name>,
  ): Promise<RecordUpsert[]>
  /** A kind of an abstract object, such as `log('Interaction', 'note', { … })`. */
  log(object: string, kind: string, input: RecordValues): Promise<RecordWrite>
  /** Changes fields of a record, whatever its version. */
  update(object: string, id: string, input: RecordValues): Promise<RecordWrite>
  /**
   * Sets columns of a record of the plugin's own objects, by the model's field names: those too that clients can't write,
   * such as a status, so that a step that only the plugin takes needs no public act. It is an `update` to rules, log and
   * audit. A version that is not the record's any more changes nothing and answers StaleVersionError.
   * @throws Error for an object of somebody else, and for a column that only the platform writes.
   */
  patch(object: string, id: string, columns: RecordValues, version?: number): Promise<RecordWrite>
  /** A business act, such as `act('completeTask', id)`. */
  act(name: string, id: string): Promise<RecordWrite>
  delete(object: string, id: string): Promise<RecordWrite>
}
