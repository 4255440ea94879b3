/**
 * The caller has not proved who they are. The message is safe to answer with and the same for every cause;
 * `reason` says precisely what was wrong, for the log. Neither holds any part of the credential.
 */
export class AuthenticationError extends Error {
  override readonly name = 'AuthenticationError'
  readonly code = 'UNAUTHENTICATED'
  readonly reason: string

  constructor(message: string, reason: string) {
    super(message)
    this.reason = reason
  }
}

/** The caller is known and may not do this. */
export class ForbiddenError extends Error {
  override readonly name = 'ForbiddenError'
  readonly code = 'FORBIDDEN'
  /** The permission that is missing. */
  readonly permission: string

  constructor(permission: string) {
    super(
      `You may not do this: it needs the permission "${permission}", which none of your roles grants. ` +
        'Ask an administrator of the workspace.',
    )
    this.permission = permission
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
export function refusedCredential(reason: string): AuthenticationError {
  return new AuthenticationError('The credential is not valid or has expired.', reason)
}

/** The error for a request that brings no credential, or one in a form that is not understood. */
export function missingCredential(reason: string): AuthenticationError {
  return new AuthenticationError(
    'Authentication is required: send the header "Authorization: Bearer <access token or API key>".',
    reason,
  )
}
