import type { GraphQLError } from 'graphql'
import type { Verification } from '../../platform/declare/routes/verification.ts'
import { codedError } from '../../platform/errors.ts'
import type { BodyFailure } from './read-body.ts'

/** Returns a response with an error, in the format of the errors of the GraphQL API. */
export function errorResponse(
  status: number,
  error: GraphQLError,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json({ errors: [error] }, { status, headers })
}

/** Returns the response to a request whose sender is not verified. It does not say why: the reason is in the log. */
export function unverified(scheme: Verification['scheme']): Response {
  const message = 'The sender of the request could not be verified. The log of the server has the reason.'
  // With this header, senders that wait for a challenge send the user and the password.
  const challenge = scheme === 'basic' ? 'Basic realm="webhooks", charset="UTF-8"' : 'Bearer'
  return errorResponse(401, codedError('UNAUTHENTICATED', message), { 'www-authenticate': challenge })
}

/** Returns the response to a request whose code failed. It contains no details: they are in the log. */
export function failed(requestId: string): Response {
  const message = `The request was not handled, and nothing was written. Send it again, or report the request id ${requestId}.`
  return errorResponse(500, codedError('INTERNAL', message, { requestId }))
}

// Node then closes the connection instead of waiting for the rest of the body.
const CLOSE = { connection: 'close' }

/** Returns the response to a request whose body was not received. */
export function notReceived(failure: BodyFailure, maxBytes: number): Response {
  switch (failure) {
    case 'TOO_LARGE':
      return errorResponse(413, codedError('BAD_USER_INPUT', `The body has more than ${maxBytes} bytes.`))
    case 'TOO_SLOW':
      return errorResponse(408, codedError('BAD_USER_INPUT', 'The body did not arrive in time. Send it again.'), CLOSE)
    case 'INTERRUPTED':
      return errorResponse(400, codedError('BAD_USER_INPUT', 'The connection broke while the body was sent.'), CLOSE)
    case 'BUSY':
      return errorResponse(
        503,
        codedError('UNAVAILABLE', 'Too many requests arrive at the same time. Send it again in a second.'),
        { ...CLOSE, 'retry-after': '1' },
      )
  }
}
