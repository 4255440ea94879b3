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
  /**
   * Locks a record until the end of the transaction, for an operation that reads it before it writes it: until then no
   * other transaction writes the record.
   * @param id Record id that a client has sent, or a uuid.
   * @param action Action of the permission that the operation needs on this record. Default: `update`.
   * @returns The uuid of the record. Null when there is no such record, when it is soft-deleted, and when the caller may
   * not see it.
   * @throws GraphQLError FORBIDDEN when the caller sees the record and may not do the action on it.
   */
  lock(object: string, id: string, action?: string): Promise<string | null>
  /** Soft-deletes a record. Does not check the record's version. */
  delete(object: string, id: string): Promise<RecordWrite>
}
