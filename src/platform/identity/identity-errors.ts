/**
 * The caller has not proved who they are. The message is safe to answer with and the same for every cause;
 * `reason` says precisely what was wrong, for the log. Neither holds any part of the credential.
 */
export class AuthenticationError extends Error {
  override readonly name = 'AuthenticationError'
  readonly code = 'UNAUTHENTICATED'
  readonly reason: string
  /** uuid of the user that the credential was for, where that is certain. */
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

/** A workspace, user or API key can't be made or found as asked; the message says what to change. */
export class ProvisioningError extends Error {
  override readonly name = 'ProvisioningError'
  readonly code: ProvisioningErrorCode

  constructor(code: ProvisioningErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** The error for a credential that was given and is not accepted, whatever the cause. */
export function refusedCredential(reason: string, actorId: string | null = null): AuthenticationError {
  return new AuthenticationError('The credential is not valid or has expired.', reason, actorId)
}

/** The error for a request that brings no credential, or one in a form that is not understood. */
export function missingCredential(reason: string): AuthenticationError {
  return new AuthenticationError(
    'Authentication is required: send the header "Authorization: Bearer <access token or API key>".',
    reason,
  )
}

/** A sign-in isn't looked at now; the same one may be after a while. */
export class NotNowError extends Error {
  override readonly name = 'NotNowError'
  readonly why: 'TOO_MANY_ATTEMPTS' | 'BUSY'
  /** Seconds after which to try again. */
  readonly retryAfterSeconds: number

  constructor(why: NotNowError['why'], message: string, retryAfterSeconds: number) {
    super(message)
    this.why = why
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** The error for too many wrong passwords from one network address. */
export function tooManyAttempts(retryAfterSeconds: number): NotNowError {
  return new NotNowError(
    'TOO_MANY_ATTEMPTS',
    `There were too many attempts from your network address. Try again in ${retryAfterSeconds} seconds.`,
    retryAfterSeconds,
  )
}

/** The error for more sign-ins at once than the server takes. */
export function tooBusy(): NotNowError {
  return new NotNowError('BUSY', 'The server is busy with other sign-ins. Try again in a moment.', 2)
}

export type PasswordErrorCode = 'PASSWORD_WRONG' | 'PASSWORD_TOO_SHORT' | 'PASSWORD_TOO_LONG' | 'PASSWORD_GUESSABLE'

/** A password can't be set; the message tells the person what to change. */
export class PasswordError extends Error {
  override readonly name = 'PasswordError'
  readonly code: PasswordErrorCode

  constructor(code: PasswordErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
