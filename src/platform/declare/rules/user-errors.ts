import type { OnlyKeysOf } from '../only-keys.ts'
import type { OperationOutputType } from './operation-output.ts'

/**
 * A problem that the caller can correct. Every error type has these properties; an error type that a plugin declares
 * with `defineUserError` may have fields, which are further properties.
 */
export interface UserError {
  /** GraphQL type, which implements the interface `UserError`. */
  readonly typename: string
  /** Stable code in capitals, such as `NOT_FOUND`. */
  readonly code: string
  /** What is wrong and what to do, for a person to read. */
  readonly message: string
  /** Path of the field in the arguments, `["input", "emails", "0", "address"]`; null when no single field is wrong. */
  readonly path: readonly string[] | null
  readonly [detail: string]: unknown
}

/** A field that the caller changes, and that somebody else has changed since the version that the caller read. */
export interface FieldConflict {
  readonly field: string
  /** Value at the version that the caller read. */
  readonly base: unknown
  /** Value that is stored now. */
  readonly theirs: unknown
  /** Value that the caller sent. */
  readonly yours: unknown
}

/** Returns an error for a value that is not valid: type `InvalidInputError`, code `INVALID`. */
export function invalid(path: readonly string[], message: string): UserError {
  return { typename: 'InvalidInputError', code: 'INVALID', message, path }
}

/**
 * Returns an error for a record that was not found: type `NotFoundError`, code `NOT_FOUND`. It is the same for a record
 * that does not exist, is not visible, belongs to another workspace or has another type.
 * @param what Subject of the message: `The fund` gives `The fund was not found.`
 */
export function notFound(path: readonly string[], what: string): UserError {
  return { typename: 'NotFoundError', code: 'NOT_FOUND', message: `${what} was not found.`, path }
}

/**
 * Returns an error for a value that has to be unique and is used already, or for a record that seems to exist already:
 * type `DuplicateRecordError`, code `DUPLICATE`.
 * @param candidates Records that seem to be the same, the most alike first. Only such as the caller may see: otherwise
 * their number would tell of hidden records. Default: none.
 */
export function duplicate(
  path: readonly string[] | null,
  message: string,
  candidates: readonly DuplicateCandidate[] = [],
): UserError {
  return { typename: 'DuplicateRecordError', code: 'DUPLICATE', message, path, candidates }
}

/** A stored record that is perhaps the one that the caller is about to create. */
export interface DuplicateCandidate {
  /** How alike the two are, from 0 to 100. */
  readonly score: number
  /** What is alike, for a person to read, such as `Same e-mail address`. */
  readonly reasons: readonly string[]
  /** Object and uuid of the record. The caller gets null when it is not visible to them. */
  readonly record: { readonly type: string; readonly id: string }
}

/**
 * Returns the refusal of a rule: type `RuleViolation`, code `RULE_VIOLATION`.
 * @param rule Name of the rule, `<plugin id>.<name>`.
 */
export function ruleViolation(rule: string, path: readonly string[] | null, message: string): UserError {
  return { typename: 'RuleViolation', code: 'RULE_VIOLATION', message, path, rule }
}

/**
 * Returns a rule's refusal of a write by which the caller would give, withdraw or obtain rights that the caller does
 * not have. The error is a `RuleViolation`. It contains the first missing permission, which the audit records.
 * @param missing Permissions that the caller lacks.
 */
export function rightsViolation(
  rule: string,
  path: readonly string[] | null,
  missing: readonly string[],
  message: string,
): UserError {
  return { ...ruleViolation(rule, path, message), permission: missing[0] }
}

/**
 * Returns an error for a write whose `version` is not the stored version: type `StaleVersionError`, code
 * `STALE_VERSION`.
 * @param currentVersion Version that is stored now.
 */
export function staleVersion(currentVersion: number, conflicts: readonly FieldConflict[]): UserError {
  return {
    typename: 'StaleVersionError',
    code: 'STALE_VERSION',
    message: `The current version of the record is ${currentVersion}. Read the record again, apply the change to it and send that version.`,
    path: ['input', 'version'],
    currentVersion,
    conflicts,
  }
}

/**
 * Returns the errors with the first element of their paths replaced by `prefix`: under `['input', 'carts', '3']` the
 * path `['input', 'email']` becomes `['input', 'carts', '3', 'email']`. Use it in an operation that writes records from
 * a part of its input, for the errors of these writes.
 */
export function under(prefix: readonly string[], errors: readonly UserError[]): UserError[] {
  return errors.map((error) => (error.path ? { ...error, path: [...prefix, ...error.path.slice(1)] } : error))
}

/** An error type that a plugin declares: a GraphQL type that implements `UserError`. */
export interface UserErrorDeclaration {
  /** GraphQL type, such as `DeceasedContactError`. */
  readonly name: string
  /** When the error is returned. */
  readonly description: string
  /** Stable code in capitals, such as `CONTACT_DECEASED`. */
  readonly code: string
  /** Fields of the type besides `code`, `message` and `path`, by name. Default: none. */
  readonly fields?: Readonly<Record<string, UserErrorField>>
}

/** A field of an error type. */
export interface UserErrorField {
  readonly description: string
  /**
   * GraphQL scalar, an object such as `Account` (or `Node`), or an object type that is declared here. For an object the
   * error has the uuid of a record, for `Node` `{ type: 'Account', id: uuid }`; the platform reads the fields that the
   * client selects, as far as they are visible to the caller. Such a field has to be nullable or a list.
   */
  readonly type: UserErrorScalar | (string & {}) | OperationOutputType
  readonly isList?: true
  readonly isNullable?: true
}

/** GraphQL scalars whose values an error has itself. */
export type UserErrorScalar = keyof DetailTypes

/**
 * Declares an error type, for `errors` of a plugin. Create errors of it with `userError`.
 *
 * @example
 * export const courseFull = defineUserError({
 *   name: 'CourseFullError',
 *   description: 'No place is left in the course.',
 *   code: 'COURSE_FULL',
 *   fields: { capacity: { type: 'Int', description: 'People who can take part.' } },
 * })
 */
export function defineUserError<const Declared extends UserErrorDeclaration>(
  declaration: Declared & OnlyKeysOf<UserErrorDeclaration, Declared>,
): Declared {
  return declaration
}

/** Values of the fields that an error type declares. Nullable fields may be absent. */
export type UserErrorDetails<Declared extends UserErrorDeclaration> = Declared['fields'] extends infer Fields extends
  Readonly<Record<string, UserErrorField>>
  ? {
      readonly [Name in keyof Fields as Fields[Name]['isNullable'] extends true ? never : Name]: Detail<Fields[Name]>
    } & {
      readonly [Name in keyof Fields as Fields[Name]['isNullable'] extends true ? Name : never]?: Detail<
        Fields[Name]
      > | null
    }
  : Readonly<Record<never, never>>

type Detail<Field extends UserErrorField> = Field['isList'] extends true
  ? readonly DetailOf<Field['type']>[]
  : DetailOf<Field['type']>

type DetailOf<Type> = Type extends keyof DetailTypes ? DetailTypes[Type] : unknown

interface DetailTypes {
  ID: string
  String: string
  Int: number
  Boolean: boolean
  Date: string
  DateTime: Date
  Decimal: string
  JSON: unknown
}

/**
 * Returns a user error of a type that a plugin declares.
 * @param path Path of the field in the arguments; null when no single field is wrong.
 * @param details Values of the fields that the type declares. Leave it out for a type without fields.
 *
 * @example userError(courseFull, ['input', 'courseId'], 'First aid is full.', { capacity: 12 })
 */
export function userError<const Declared extends UserErrorDeclaration>(
  declaration: Declared,
  path: readonly string[] | null,
  message: string,
  ...[details]: keyof UserErrorDetails<Declared> extends never ? [] : [details: UserErrorDetails<Declared>]
): UserError {
  return { ...details, typename: declaration.name, code: declaration.code, message, path }
}
