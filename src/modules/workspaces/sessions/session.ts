import { defineObject } from '../../../platform/declare/objects/object.ts'

/** Refresh tokens are not fields of a session: another table stores their hashes, which the API never returns. */
export const session = defineObject({
  model: 'Session',
  prefix: 'session',
  plural: 'sessions',
  ownedBy: 'actor',
  columns: { lastUsedAt: {}, expiresAt: {}, revokedAt: {}, revokedReason: {}, ipAddress: {}, userAgent: {} },
  relations: { actor: { object: 'User' }, identityProvider: {} },
})
