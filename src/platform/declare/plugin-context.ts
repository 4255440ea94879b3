import type { z } from 'zod'
import type { Sql } from '../data/sql.ts'
import type { ContextTransaction, UnrestrictedAccess } from './context-sql.ts'
import type { Permission } from './permission.ts'
import type { PluginPrisma } from './plugin-prisma.ts'
import type { Records } from './records.ts'

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
   * Whether the caller may read a field of all records of an object that they see. Code that counts or adds up values of
   * a field asks it first: whoever may not read the field could learn its values from the sum.
   * @param object Name of an object, such as `Gift`.
   * @param field Name of a field of the object in the API, such as `amount`.
   * @throws Error when there is no such object.
   */
  canRead(object: string, field: string): boolean
  /**
   * Throws unless `canRead` is true for each of the fields. For an answer that is computed from all of them.
   * @param fields Objects, each with the names of its fields: `[['Product', 'name', 'kind'], ['PriceBook', 'currency']]`.
   * @param what What the fields are needed for, as the subject of the message: `priceFor`.
   * @throws GraphQLError FORBIDDEN with the permission of the first field that the caller may not read.
   */
  requireRead(fields: readonly (readonly [object: string, ...fields: string[]])[], what: string): void
  /**
   * Returns the uuid in a record id that a client has sent, for SQL. For an id that is malformed or belongs to another
   * object it returns a uuid that no record has, so that such an id looks like the id of a missing record. It does not
   * check that the record exists or is visible: use `sees` in the SQL.
   * @param object Name of the object, such as `Product`.
   */
  uuidOf(object: string, id: string): string
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
