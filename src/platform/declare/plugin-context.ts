import type { z } from 'zod'
import type { Sql } from '../data/sql.ts'
import type { ContextTransaction, UnrestrictedAccess } from './context-sql.ts'
import type { Permission } from './permission.ts'
import type { PluginPrisma } from './plugin-prisma.ts'
import type {
  CheckedInput,
  CheckedVariant,
  ColumnsOf,
  FilterOf,
  InputOf,
  InsertOf,
  PatchOf,
  RecordOf,
} from './record-types.ts'
import type { UserError } from './rules/user-errors.ts'

/**
 * What a plugin's code may use while it runs in a transaction of a workspace: the last argument of rules, acts,
 * operations, queries, handlers, jobs, routes and seeds. Await every call: code that returns before its calls have ended
 * fails.
 */
export interface PluginContext {
  /**
   * Time of the transaction: the same value during the whole transaction. Use it instead of `new Date()`, so that tests
   * can set it.
   */
  readonly now: Date
  /** The day of `now` in the time zone of the workspace, such as `2026-01-31`. */
  readonly today: string
  /** Actor of the request, a user or an API key. In handlers, jobs, routes and seeds it is the plugin's own actor. */
  readonly actor: ContextActor
  /**
   * The transaction, for the plugin's own SQL. What this SQL writes is committed together with the writes of `records`,
   * or not at all.
   */
  readonly transaction: ContextTransaction
  /**
   * Prisma Client, typed by the models, in the same transaction. It reads what the caller may see, as `records` does: of
   * each table the visible rows, without the soft-deleted ones; columns that the caller may not read, and the ids of
   * records that are not visible, are null although their type may not allow null; a list is empty. For an object of
   * another plugin, columns that no field of the API publishes are null too.
   *
   * The plugin's own tables that hold no records of the API, and no parts of records, are read as they are, and can be
   * written. Records are written through `records`, so that rules run and the log has the write.
   * @throws Error when a call reads a table that the API does not show, or writes a table that it may not write;
   * DatabaseError of `pg` when PostgreSQL refuses the statement: the transaction can't be committed then; Prisma's errors
   * for arguments that are not valid, and for `findUniqueOrThrow` and `findFirstOrThrow` without a record.
   * @example
   * const overdue = await prisma.task.findMany({ where: { dueAt: { lt: now } }, select: { id: true, title: true } })
   */
  readonly prisma: PluginPrisma
  /**
   * Returns an SQL condition that is true when a row is visible to the caller: for a record, when `records` finds it. A
   * statement of `transaction.query` needs one for each table of records that it reads. It does not exclude soft-deleted
   * records. In handlers, jobs and seeds the permissions of the manifest alone decide.
   * @param name Name of an object, such as `Lease`. For a table of child rows (items, links, or the fields of a variant)
   * the name of its model, such as `LeaseTenant`: child rows are visible with the records that they belong to.
   * @param alias Alias of the table in the statement, or the table's name when it has no alias.
   * @throws Error when there is no such object or model, and when `alias` is more than a name. GraphQLError FORBIDDEN
   * when the plugin's permissions lack the permission to read the object.
   * @example
   * const rows = await transaction.query(sql`select l.id from homes_leases l
   *   where l.workspace_id = ${transaction.workspaceId}::uuid and ${sees('Lease', sql`l`)}`)
   */
  sees(name: string, alias: Sql): Sql
  /**
   * Access to records that are hidden from the caller, for code whose result has to be the same whoever calls, such as a
   * search for duplicates. What such code returns or says in a refusal must not reveal more than the caller may see.
   */
  readonly unrestricted: UnrestrictedAccess
  /**
   * Reads and writes records of every object. A call is allowed when the permissions of the caller and the permissions
   * in the plugin's manifest both allow it. In handlers, jobs, routes and seeds the permissions of the manifest alone
   * decide.
   */
  readonly records: Records
  /**
   * Whether a call of `records` that needs this permission, such as `task:create`, is allowed here for at least one
   * record. Check it before a call that would otherwise throw FORBIDDEN.
   */
  can(permission: Permission): boolean
  /**
   * Converts an amount of money at the exchange rates of the workspace, and rounds it to the minor units of the currency,
   * halves away from zero. Needs no permission on exchange rates. Of two currencies the latest rate at or before the day
   * is used. To convert many amounts, or a sum, use `convertedSum` in SQL of a field.
   * @param to ISO 4217 code of the currency.
   * @param on Day such as `2026-01-31`. Default: `today`.
   * @returns null when the workspace has no rate of the two currencies at or before the day.
   * @throws Error when the amount is not a decimal such as `"12.50"`, or a currency or the day is not valid.
   */
  convertMoney(amount: MoneyAmount, to: string, on?: string): Promise<MoneyAmount | null>
  /** Returns a new uuid (version 7) for a row of the plugin's own tables. Later ids sort after earlier ones. */
  newId(): string
  /**
   * Returns the plugin's settings of the workspace or of the installation, parsed by the schema. For a setting that the
   * workspace has not set, returns the value that the operator set for the installation under the same name, otherwise
   * the schema's default. Settings of the installation are cached for 5 seconds.
   * @param schema The same zod object that the plugin declares as `settings.workspace` or `settings.installation`.
   * @throws Error for any other schema, also for an equal copy; ZodError when the stored values do not match the
   * schema.
   */
  settings<Schema extends z.ZodObject>(schema: Schema): Promise<z.infer<Schema>>
  /**
   * Returns the value of a secret of the plugin in this workspace, or null when the secret is not set.
   * @throws Error when the plugin declares no secret with this name in `settings.secrets`.
   */
  secret(name: string): Promise<string | null>
  /**
   * Enqueues a run of one of the plugin's jobs in this workspace. The run starts after the transaction has committed;
   * it does not exist when the transaction is rolled back.
   * @param job Name of the job, such as `courses.remind`.
   * @param payload JSON values that match the job's schema. Default: `{}`.
   * @throws Error when the plugin declares no such job, when the payload does not match the job's schema, when
   * `options.key` is empty or has more than 255 characters, and in a rule's `before`.
   */
  enqueue(job: string, payload?: Readonly<Record<string, unknown>>, options?: EnqueueOptions): Promise<void>
}

/**
 * What `select`, `query` and `where` of the fields of a `schema` may use of the context, which they get after the arguments: they
 * are called before the SQL statement of the request is sent, and can't wait for anything.
 */
export type SelectContext = Pick<PluginContext, 'now' | 'today' | 'actor' | 'can'>

/** An amount of money. */
export interface MoneyAmount {
  /** Exact decimal as text, such as `"12.50"`. */
  readonly amount: string
  /** ISO 4217 code, such as `EUR`. */
  readonly currency: string
}

/** The actor that a plugin's code runs for. */
export interface ContextActor {
  /** uuid of the actor. */
  readonly id: string
  readonly kind: 'USER' | 'API_KEY' | 'PLUGIN'
  readonly displayName: string
}

/** Options of a run of a job. */
export interface EnqueueOptions {
  /** Earliest time of the run. Default: as soon as possible. */
  readonly runAt?: Date
  /** 1 to 255 characters. The new run replaces a waiting run of the same job and workspace that has the same key. */
  readonly key?: string
}

/** The outcome of a write. A refusal does not throw: check `userErrors`. */
export interface RecordWrite {
  /** uuid of the record; null when the write was refused. */
  readonly id: string | null
  /** Why the write was refused; empty when it was not refused. */
  readonly userErrors: readonly UserError[]
}

/** The outcome of an upsert. */
export interface RecordUpsert extends RecordWrite {
  /**
   * UNCHANGED when nothing was written. Then `id` is null when the input was refused (`userErrors` says why) or the
   * stored record is soft-deleted (`userErrors` is empty). `id` is the uuid of the stored record when `isNewer`
   * returned false, when the input changes no value, or when a rule returned an `existingId`.
   */
  readonly outcome: 'CREATED' | 'UPDATED' | 'UNCHANGED'
}

/** Options for writes of several records. */
export interface ManyOptions {
  /**
   * Path of the list of inputs in the caller's arguments, for the paths of user errors: an error of the field `email`
   * of the fourth input gets the path `[...path, '3', 'email']`. Default: `['input']`.
   */
  readonly path?: readonly string[]
}

/** Options of an upsert. */
export interface UpsertOptions<Name extends string> extends ManyOptions {
  /**
   * Names of the input fields that together identify a record: the key. They have to be exactly the columns of a unique
   * index of the object's table (besides the workspace). Each input needs a value for all of them. Default: the
   * object's natural key.
   */
  readonly by?: readonly string[]
  /**
   * Whether the input is newer than the stored record. Called for each input whose record exists and is not
   * soft-deleted. When it returns false, the record is not updated. Default: every input is newer.
   * @param incoming Values of the columns that the input sets, as they would be stored.
   * @param stored Values of the stored record, of all columns that the object publishes.
   */
  isNewer?(incoming: Partial<ColumnsOf<Name>>, stored: ColumnsOf<Name>): boolean
  /**
   * Returns input fields that replace those of the input when an existing record is updated. Called after `isNewer`,
   * with the same parameters. A field that is undefined in the result is not changed.
   */
  amend?(incoming: Partial<ColumnsOf<Name>>, stored: ColumnsOf<Name>): InputOf<Name>
}

/** Which records `find` returns: those that meet all of these conditions. */
export interface FindOptions<Name extends string = string> {
  /**
   * Filter as in the GraphQL API, such as `{ name: { contains: 'acme' } }`. Conditions on `id` accept plain uuids too.
   */
  readonly filter?: FilterOf<Name>
  /** Only the records with these ids: uuids or record ids. Malformed ids are ignored. */
  readonly ids?: readonly string[]
  /** Maximum number of records, 0 to 1,000. Default: 100. Records are sorted by id, so the oldest come first. */
  readonly first?: number
  /** Only records after the record with this uuid or record id. Pass the id of the last record to get the next page. */
  readonly after?: string
}

/**
 * Access to records with the same checks as in the API: reads are restricted to visible records and readable fields;
 * writes run the rules and are recorded in the log and the audit.
 *
 * Objects and input fields have their GraphQL names. Ids may be plain uuids or record ids, so that an id from a client
 * can be passed on unchanged. An id that is malformed, of another object or of another workspace matches no record. In
 * an input, a reference to a record of any object may also be `{ type: 'Account', id: uuid }`.
 *
 * Days and decimals are texts in what is returned, such as `2026-01-31` and `1234.5000`. Inputs, columns and filters also
 * take what Prisma Client returns for them: a Date at midnight UTC, and its Decimal.
 *
 * Records, inputs and filters are typed by the model, for an object that has the name of its model: a column that the
 * model does not have, or a value of another type, does not compile. For other objects they are `RecordValues`.
 *
 * What a client could correct, such as a value that a rule refuses, is returned in `userErrors`.
 * @throws Error for input that is not valid for GraphQL, such as a misspelt field; for a write in a rule's `before`;
 * for more than 1,000 inputs. When an error is thrown during a write, the transaction can't be committed, even if the
 * code catches the error.
 * @throws GraphQLError FORBIDDEN, naming the plugin, when the permissions of the caller or of the plugin do not allow
 * the call.
 */
export interface Records {
  /**
   * Returns the visible records of an object, oldest first, with the published columns that may be read.
   * @throws Error when `first` is out of range or `after` is not an id of the object.
   */
  find<Name extends string>(object: Name, options?: FindOptions<Name>): Promise<RecordOf<Name>[]>
  /** Returns one record, or null when no visible record has this id. */
  get<Name extends string>(object: Name, id: string): Promise<RecordOf<Name> | null>
  /** Creates a record. `input` has the fields of the input of the object's create mutation. */
  create<Name extends string, const Input extends InputOf<Name>>(
    object: Name,
    input: Input & CheckedInput<Name, Input>,
  ): Promise<RecordWrite>
  /**
   * Creates up to 1,000 records, in as few statements as the bulk mutations of the API. Returns the outcomes in the
   * order of the inputs. A refused input does not prevent the others from being created.
   */
  createMany<Name extends string, const Input extends InputOf<Name>>(
    object: Name,
    inputs: readonly (Input & CheckedInput<Name, Input>)[],
    options?: ManyOptions,
  ): Promise<RecordWrite[]>
  /**
   * Creates a record, or updates the visible record that has the same key (`options.by`). Use it to copy a record from
   * another system: the same input may come any number of times. When two transactions upsert the same key at the same
   * time, the second one waits for the first and then updates the record. A soft-deleted record is not changed.
   *
   * Needs the permissions to create and to update; with `isNewer` or `amend` also the permission to read.
   * @throws Error when no unique index has exactly the fields of the key.
   */
  upsert<Name extends string, const Input extends InputOf<Name>>(
    object: Name,
    input: Input & CheckedInput<Name, Input>,
    options?: UpsertOptions<Name>,
  ): Promise<RecordUpsert>
  /**
   * Does the same as `upsert` for up to 1,000 inputs: reads the stored records in one statement and inserts the new
   * records together. Returns the outcomes in the order of the inputs. Several inputs with the same key are applied one
   * after the other.
   */
  upsertMany<Name extends string, const Input extends InputOf<Name>>(
    object: Name,
    inputs: readonly (Input & CheckedInput<Name, Input>)[],
    options?: UpsertOptions<Name>,
  ): Promise<RecordUpsert[]>
  /**
   * Creates a record of an abstract object, such as `Interaction`: a record of the variant that `kind` names.
   * @param kind Field of the variant in the input of the GraphQL mutation, such as `note` in `logInteraction`.
   * @example records.log('Interaction', 'note', { occurredAt: now, regardingIds: [id] })
   */
  log<Name extends string, const Input extends InputOf<Name>>(
    object: Name,
    kind: string,
    input: Input & CheckedVariant<Name, Input>,
  ): Promise<RecordWrite>
  /** Updates the fields of a record that `input` has. Does not check the record's version. */
  update<Name extends string, const Input extends InputOf<Name>>(
    object: Name,
    id: string,
    input: Input & CheckedInput<Name, Input>,
  ): Promise<RecordWrite>
  /**
   * Sets columns of a record of one of the plugin's own objects, by the model's field names. It may set columns that
   * clients can't write, such as a status: so a step that only the plugin does needs no public business act. For rules,
   * the log and the audit it is an `update`.
   * @param version Version that the record must have. For any other version nothing is written, and `userErrors`
   * contains a `StaleVersionError`. Default: the version is not checked.
   * @throws Error for an object of another plugin, for a column that does not exist, and for a column that only the
   * platform writes, such as `id` or `version`.
   */
  patch<Name extends string>(object: Name, id: string, columns: PatchOf<Name>, version?: number): Promise<RecordWrite>
  /**
   * Creates a record of one of the plugin's own objects from columns, by the model's field names. It may set columns that
   * clients can't write, and create records that clients can't create: so a record that only the plugin makes needs no
   * public mutation. The rules on creates run, and the log and the audit get the record. Items can't be set.
   *
   * The manifest of the plugin has to name the permission to create; the caller does not need it. Check what the caller
   * may do by the `permission` of the operation, or by `can`. Records that the columns refer to have to exist, but need
   * not be visible to the caller.
   * @param columns Instants are Dates; ids are texts; dates and decimals are texts or what Prisma Client returns for them.
   * `id` is a uuid. Default: a new one (version 7).
   * @throws Error for an object of another plugin or an abstract object, for a column that does not exist, for a required
   * column without a value, and for a column that only the platform writes, such as `version`.
   */
  insert<Name extends string>(object: Name, columns: InsertOf<Name>): Promise<RecordWrite>
  /**
   * Does the same as `insert` for up to 1,000 records, with few statements. Returns the outcomes in the order of the
   * records. A refused record does not prevent the others from being created.
   */
  insertMany<Name extends string>(
    object: Name,
    records: readonly InsertOf<Name>[],
    options?: ManyOptions,
  ): Promise<RecordWrite[]>
  /**
   * Runs a business act on a record: `act('completeTask', id)`. Does not check the record's version.
   * @param input Values of the fields that the act's input has besides id and version.
   * @throws Error when no plugin declares an act with this name, or the input is not valid, such as a misspelt field.
   */
  act(name: string, id: string, input?: Readonly<Record<string, unknown>>): Promise<RecordWrite>
  /** Soft-deletes a record. Does not check the record's version. */
  delete(object: string, id: string): Promise<RecordWrite>
}
