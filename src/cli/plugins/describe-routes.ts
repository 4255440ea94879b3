import type { Plugin } from '../../platform/declare/plugin.ts'
import type { Verification } from '../../platform/declare/routes/verification.ts'

/** Returns a line for each HTTP route of a plugin: methods, path, description, and how the sender is verified. */
export function describeRoutes({ id, routes = [] }: Plugin): string[] {
  return routes.map(
    ({ methods = ['POST'], path, description, verify }) =>
      `${methods.join(', ')} /plugins/${id}/<workspace>/${path}: ${description} ${describeVerification(verify)}`,
  )
}

function describeVerification(verify: Verification): string {
  switch (verify.scheme) {
    case 'hmac-sha256':
      return `Verified by an HMAC-SHA256 of the body in the header ${verify.header}, with the secret ${verify.secret}.`
    case 'stripe':
      return `Verified by a signature as Stripe sends it, with the secret ${verify.secret}.`
    case 'standard-webhooks':
      return `Verified by a signature of Standard Webhooks, with the secret ${verify.secret}.`
    case 'bearer':
      return `Verified by the secret ${verify.secret} as a bearer token.`
    case 'basic':
      return `Verified by the user and password in the secret ${verify.secret}.`
    case 'header-token':
      return `Verified by the secret ${verify.secret} in the header ${verify.header}.`
    case 'own':
      return `Verified by code of the plugin: ${verify.description}`
    case 'none':
      return `NOT VERIFIED, everyone can send requests: ${verify.reason}`
  }
}
