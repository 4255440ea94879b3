import type { z } from 'zod'
import type { ModelTypes } from '../../../generated/models.ts'
import type { Sql } from '../data/sql.ts'
import type { Permission } from './permission.ts'
import type { UserError } from './rules/user-errors.ts'

/** What a plugin's code may use while it runs in a transaction of a workspace. */
export interface PluginContext {
  /**
   * Time of the transaction: the same value during all of it. Use it instead of `new Date()`, so that tests can set it.
   */
  readonly now: Date
  /** Actor of the request: a user or an API key; the plugin's own actor in handlers, jobs and seeds. */
  readonly actor: ContextActor
  /** The transaction, for SQL of the plugin's own. Its writes are committed together with all others, or not at all. */
  readonly transaction: ContextTransaction
  /**
   * Records of every object. A call is allowed when the permissions of the caller and those of the plugin both allow
   * it; in handlers, jobs and seeds the plugin's permissions alone decide.
   */
  readonly records: Records
  /** Whether `records` may use the permission here, such as `task:create`, for at least one record. */
  can(permission: Permission): boolean
  /** Returns a new uuid (version 7) for a row of the plugin's own tables. Later ids sort after earlier ones. */
  newId(): string
  /**
   * Returns the plugin's settings, parsed by `schema`: the object that the plugin declares as `settings.workspace` or
   * `settings.installation`. A value that the workspace has not set is the one that the operator set for the
   * installation under the same name, otherwise the schema's default. The first call in a transaction reads the
   * settings.
   * @throws Error for any other schema.
   */
  settings<Schema extends z.ZodObject>(schema: Schema): Promise<z.infer<Schema>>
  /**
   * Returns a secret of the plugin in this workspace, or null when it is not set.
   * @throws Error when the plugin does not declare it in `settings.secrets`.
   */
  secret(name: string): Promise<string | null>
  /**
   * Enqueues a run of one of the plugin's jobs in this workspace. It starts after the transaction has committed.
   * @param job Name of the job, such as `courses.remind`.
   * @param payload Payload by the job's schema. Default: `{}`.
   * @throws Error when the plugin declares no such job or the payload does not match its schema.
   */
  enqueue(job: string, payload?: Readonly<Record<string, unknown>>, options?: EnqueueOptions): Promise<void>
}

/** The actor that a plugin's code runs for. */
export interface ContextActor {
  /** uuid */
  readonly id: string
  readonly kind: 'USER' | 'API_KEY' | 'PLUGIN'
  readonly displayName: string
}

/** The transaction that a plugin's code runs in. */
export interface ContextTransaction {
  /** uuid */
  readonly workspaceId: string
  /**
   * Executes one statement and returns its rows, by column names. It may read and write the plugin's own tables, and
   * read the tables that the plugin names under `reads`. Always write `workspace_id = …` in it: row-level security
   * hides other workspaces anyway, but indexes are only used with this condition.
   *
   * Values are those of the driver `pg`: a `timestamptz` is a Date; `date`, `numeric`, `bigint` and `json` are texts.
   *
   * A statement that fails makes the whole transaction fail, even if the code catches the error.
   * @throws Error when the statement is not allowed, or writes where only reading is allowed.
   * @example
   * const rows = await query<{ id: string }>(sql`select id from courses_courses
   *   where workspace_id = ${workspaceId}::uuid and starts_on > ${now}::timestamptz`)
   */
  query<Row extends Record<string, unknown> = Record<string, unknown>>(statement: Sql): Promise<Row[]>
}

/** When a job runs. */
export interface EnqueueOptions {
  /** Earliest time of the run. Default: as soon as possible. */
  readonly runAt?: Date
  /** 1 to 255 characters. Replaces a waiting run of the same job and workspace that has the same key. */
  readonly key?: string
}

/**
 * Values of a record or an input by field name. In records that `records` returns, the names are those of the model's
 * columns; ids are uuids, instants are Dates, dates and decimals are texts (`2026-01-31`, `1234.5000`).
 */
export type RecordValues = Readonly<Record<string, unknown>>

/** The outcome of a write. A refusal does not throw: check `userErrors`. */
export interface RecordWrite {
  /** uuid of the record; null when there are errors. */
  readonly id: string | null
  /** Why the write was refused; empty when it was done. */
  readonly userErrors: readonly UserError[]
}

/** The outcome of an upsert. */
export interface RecordUpsert extends RecordWrite {
  /**
   * UNCHANGED when nothing was written: the input was refused (`id` is null, with `userErrors`), the stored record is
   * soft-deleted (`id` is null), `isNewer` returned false, or the input changes no value (`id` is the record's uuid).
   */
  readonly outcome: 'CREATED' | 'UPDATED' | 'UNCHANGED'
}

/** Column values of an object that has the name of its model; values without types for any other object. */
export type ColumnsOf<Name extends string> = Name extends keyof ModelTypes
  ? Readonly<ModelTypes[Name]['columns']>
  : RecordValues

/** Options for writes of several records. */
export interface ManyOptions {
  /**
   * Path of the inputs in the caller's arguments. An error of the field `email` of the fourth input has the path
   * `[...path, '3', 'email']`. Default: `['input']`.
   */
  readonly path?: readonly string[]
}

/** Options of an upsert. */
export interface UpsertOptions<Name extends string> extends ManyOptions {
  /**
   * Input fields that together identify a record: exactly the columns of a unique index of the object's table. Each
   * input needs a value for all of them. Default: the object's natural key.
   */
  readonly by?: readonly string[]
  /**
   * Whether the input is newer than the stored record. When it returns false, the record is not updated. Default: every
   * input is newer.
   * @param incoming Columns that the input sets, as they would be stored.
   * @param stored Columns of the stored record that the object publishes.
   */
  isNewer?(incoming: Partial<ColumnsOf<Name>>, stored: ColumnsOf<Name>): boolean
  /**
   * Returns input fields that replace those of the input when an existing record is updated. A field that is undefined
   * in the result is not changed. The parameters are those of `isNewer`.
   */
  amend?(incoming: Partial<ColumnsOf<Name>>, stored: ColumnsOf<Name>): RecordValues
}

/** Which records `find` returns. All conditions have to be met. */
export interface FindOptions {
  /** Filter as in the GraphQL API, such as `{ name: { contains: 'acme' } }`; ids in it may be plain uuids. */
  readonly filter?: Readonly<Record<string, unknown>>
  /** Only the records with these ids: uuids or record ids. Malformed ids are ignored. */
  readonly ids?: readonly string[]
  /** Number of records, 0 to 1,000. Default: 100. Records are ordered by id, so the oldest come first. */
  readonly first?: number
  /** Only records that come after the one with this id: a uuid or record id. Pass the last id to get the next page. */
  readonly after?: string
}

/**
 * Access to records as through the API: reads are restricted to visible records and readable fields, writes run the
 * rules and are recorded in the log and the audit.
 *
 * Objects and input fields have their GraphQL names. Ids may be plain uuids or record ids, so that an id from a client
 * can be passed on as it is; an id that is malformed, of another object or of another workspace matches no record. A
 * reference to a record of any type may also be `{ type: 'Account', id: uuid }`.
 *
 * A rule's `before` can't write. Invalid input, such as a misspelt field, throws; what a client could correct, such as
 * a value that a rule refuses, is returned in `userErrors`.
 * @throws GraphQLError FORBIDDEN, naming the plugin, when the permissions of the caller or of the plugin do not allow
 * it.
 */
export interface Records {
  /** Returns the visible records of an object, oldest first. */
  find(object: string, options?: FindOptions): Promise<RecordValues[]>
  /** Returns one record, or null when no visible record has this id. */
  get(object: string, id: string): Promise<RecordValues | null>
  /** Creates a record from the input of the object's create mutation. */
  create(object: string, input: RecordValues): Promise<RecordWrite>
  /**
   * Creates up to 1,000 records, in as few statements as the bulk mutations of the API. Returns the outcomes in the
   * order of the inputs. A refused input does not prevent the others from being created.
   */
  createMany(object: string, inputs: readonly RecordValues[], options?: ManyOptions): Promise<RecordWrite[]>
  /**
   * Creates a record, or updates the stored one with the same key. Use it to take over a record from another system:
   * the same input may come any number of times. When two transactions upsert the same key at the same time, the second
   * one waits for the first and then updates. A soft-deleted record is not changed.
   *
   * Needs the permissions to create and to update, and also to read when `isNewer` or `amend` is set.
   * @throws Error when no unique index has exactly the fields of the key.
   */
  upsert<Name extends string>(object: Name, input: RecordValues, options?: UpsertOptions<Name>): Promise<RecordUpsert>
  /**
   * Upserts up to 1,000 records: stored records are read in one statement, and new ones are inserted together. Returns
   * the outcomes in the order of the inputs. Several inputs with the same key are applied one after the other.
   */
  upsertMany<Name extends string>(
    object: Name,
    inputs: readonly RecordValues[],
    options?: UpsertOptions<Name>,
  ): Promise<RecordUpsert[]>
  /**
   * Creates a record of a variant of an abstract object.
   * @param kind Input field of the variant.
   * @example records.log('Interaction', 'note', { occurredAt: now, regardingIds: [id] })
   */
  log(object: string, kind: string, input: RecordValues): Promise<RecordWrite>
  /** Updates the fields in `input` of a record, whatever its version is. */
  update(object: string, id: string, input: RecordValues): Promise<RecordWrite>
  /**
   * Sets columns of a record of the plugin's own objects, by the model's field names. It may set columns that clients
   * can't write, such as a status, so that a step that only the plugin takes needs no public business act. For rules,
   * log and audit it is an `update`.
   * @param version Version that the record must have; otherwise nothing is written and the error is a
   * StaleVersionError. Default: any version.
   * @throws Error for an object of another plugin, and for a column that only the platform writes.
   */
  patch(object: string, id: string, columns: RecordValues, version?: number): Promise<RecordWrite>
  /** Runs a business act on a record, whatever its version is: `act('completeTask', id)`. */
  act(name: string, id: string): Promise<RecordWrite>
  /** Soft-deletes a record, whatever its version is. */
  delete(object: string, id: string): Promise<RecordWrite>
}
