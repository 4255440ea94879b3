/** Something the caller can mend. Every type of it has these; a rule may answer with a type of its own. */
export interface UserError {
  /** GraphQL type, which implements the interface `UserError`. */
  readonly typename: string
  /** Stable code, in capitals. */
  readonly code: string
  /** What is wrong and what to do, for the person at the screen. */
  readonly message: string
  /** Where in the arguments: `["input", "emails", "0", "address"]`; null when it is no one field's fault. */
  readonly path: readonly string[] | null
  readonly [detail: string]: unknown
}

/** A field's value that three people see differently. */
export interface FieldConflict {
  readonly field: string
  /** Value at the version the caller started from. */
  readonly base: unknown
  /** Value now. */
  readonly theirs: unknown
  /** Value the caller sent. */
  readonly yours: unknown
}

export function invalid(path: readonly string[], message: string): UserError {
  return { typename: 'InvalidInputError', code: 'INVALID', message, path }
}

/** One answer for what does not exist, is hidden, belongs to another workspace or is of another type. */
export function notFound(path: readonly string[], what: string): UserError {
  return { typename: 'NotFoundError', code: 'NOT_FOUND', message: `${what} was not found.`, path }
}

export function duplicate(path: readonly string[] | null, message: string): UserError {
  return { typename: 'DuplicateRecordError', code: 'DUPLICATE', message, path }
}

export function ruleViolation(rule: string, path: readonly string[] | null, message: string): UserError {
  return { typename: 'RuleViolation', code: 'RULE_VIOLATION', message, path, rule }
}

/**
 * A rule's refusal because the caller would give, take or come to more than they may do themselves: `missing` are the permissions
 * for which that is so. The audit tells of it.
 */
export function rightsViolation(
  rule: string,
  path: readonly string[] | null,
  missing: readonly string[],
  message: string,
): UserError {
  return { ...ruleViolation(rule, path, message), permission: missing[0] }
}

export function staleVersion(currentVersion: number, conflicts: readonly FieldConflict[]): UserError {
  return {
    typename: 'StaleVersionError',
    code: 'STALE_VERSION',
    message: `The record is at version ${currentVersion} by now. Look at the conflicts and send the update with that version.`,
    path: ['input', 'version'],
    currentVersion,
    conflicts,
  }
}

/**
 * The errors with their paths under another place of the arguments: `['input', 'email']` under `['input', 'carts', '3']` is
 * `['input', 'carts', '3', 'email']`. For what an operation writes of a list or of a part of its input.
 */
export function under(prefix: readonly string[], errors: readonly UserError[]): UserError[] {
  return errors.map((error) => (error.path ? { ...error, path: [...prefix, ...error.path.slice(1)] } : error))
}

/** A type of error that a plugin brings: a GraphQL type that implements `UserError`. */
export interface UserErrorDeclaration {
  /** GraphQL type, such as `DeceasedContactError`. */
  readonly name: string
  /** When it is answered. */
  readonly description: string
  /** Stable code in capitals, such as `CONTACT_DECEASED`. */
  readonly code: string
  /** Fields it has beside code, message and path. */
  readonly fields?: Readonly<Record<string, UserErrorField>>
}

export interface UserErrorField {
  readonly description: string
  /** GraphQL scalar. */
  readonly type: 'ID' | 'String' | 'Int' | 'Boolean' | 'Date' | 'DateTime' | 'Decimal' | 'JSON'
  readonly isList?: true
  readonly isNullable?: true
}

/** Declares a type of error. */
export function defineUserError<const Declared extends UserErrorDeclaration>(declaration: Declared): Declared {
  return declaration
}

/** Values of the fields that a type of error declares; what is nullable may be left out. */
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
  ? readonly DetailTypes[Field['type']][]
  : DetailTypes[Field['type']]

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

/** An error of a declared type. `details` holds its own fields. */
export function userError<const Declared extends UserErrorDeclaration>(
  declaration: Declared,
  path: readonly string[] | null,
  message: string,
  ...[details]: keyof UserErrorDetails<Declared> extends never ? [] : [details: UserErrorDetails<Declared>]
): UserError {
  return { ...details, typename: declaration.name, code: declaration.code, message, path }
}
