/**
 * Thrown when the caller has not proved who they are. The message is the same for every cause and safe to return to the
 * client; `reason` states precisely what was wrong, for the log. Neither contains any part of the credential.
 */
export class AuthenticationError extends Error {
  override readonly name = 'AuthenticationError'
  readonly code = 'UNAUTHENTICATED'
  readonly reason: string
  /** uuid of the user whom an identity provider identified before the sign-in was refused; otherwise null. */
  readonly actorId: string | null

  constructor(message: string, reason: string, actorId: string | null = null) {
    super(message)
    this.reason = reason
    this.actorId = actorId
  }
}

export type ProvisioningErrorCode =
  | 'SLUG_INVALID'
  | 'SLUG_TAKEN'
  | 'NAME_INVALID'
  | 'EMAIL_INVALID'
  | 'EMAIL_TAKEN'
  | 'EXPIRY_PAST'
  | 'ROLE_UNKNOWN'
  | 'WORKSPACE_UNKNOWN'
  | 'USER_UNKNOWN'
  | 'USER_SUSPENDED'
  | 'LAST_ADMINISTRATOR'
  | 'SCOPE_INVALID'

/**
 * Thrown when a workspace, user or API key can't be created, found or changed as requested; the message says what to
 * change.
 */
export class ProvisioningError extends Error {
  override readonly name = 'ProvisioningError'
  readonly code: ProvisioningErrorCode

  constructor(code: ProvisioningErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Returns the error for a credential that is not accepted. `reason` is for the log; the message is the same for every
 * cause.
 */
export function refusedCredential(reason: string, actorId: string | null = null): AuthenticationError {
  return new AuthenticationError('The credential is not valid or has expired.', reason, actorId)
}

/** Returns the error for a request without a credential, or with an Authorization header of an unsupported form. */
export function missingCredential(reason: string): AuthenticationError {
  return new AuthenticationError(
    'Authentication is required: send the header "Authorization: Bearer <access token or API key>".',
    reason,
  )
}

/** Thrown when the server refuses to process a sign-in at this time; the same sign-in may succeed later. */
export class RetryLaterError extends Error {
  override readonly name = 'RetryLaterError'
  readonly reason: 'TOO_MANY_ATTEMPTS' | 'BUSY'
  /** Seconds after which to try again. */
  readonly retryAfterSeconds: number

  constructor(reason: RetryLaterError['reason'], message: string, retryAfterSeconds: number) {
    super(message)
    this.reason = reason
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Returns the error for too many wrong passwords from one network address. */
export function tooManyAttempts(retryAfterSeconds: number): RetryLaterError {
  return new RetryLaterError(
    'TOO_MANY_ATTEMPTS',
    `There were too many attempts from your network address. Try again in ${retryAfterSeconds} seconds.`,
    retryAfterSeconds,
  )
}

/** Returns the error for more simultaneous password sign-ins than the server accepts. */
export function tooBusy(): RetryLaterError {
  return new RetryLaterError('BUSY', 'The server is busy with other sign-ins. Try again in a moment.', 2)
}

export type PasswordErrorCode = 'PASSWORD_WRONG' | 'PASSWORD_TOO_SHORT' | 'PASSWORD_TOO_LONG' | 'PASSWORD_GUESSABLE'

/** Thrown when a password can't be set or changed; the message explains to the person what to change. */
export class PasswordError extends Error {
  override readonly name = 'PasswordError'
  readonly code: PasswordErrorCode

  constructor(code: PasswordErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
