import { defineObject } from '../../../platform/declare/objects/object.ts'

/** Its tokens are told to whoever signed in, and kept as hashes that nobody reads. */
export const session = defineObject({
  model: 'Session',
  prefix: 'session',
  plural: 'sessions',
  ownedBy: 'actor',
  columns: { lastUsedAt: {}, expiresAt: {}, revokedAt: {}, revokedReason: {}, ipAddress: {}, userAgent: {} },
  relations: { actor: { object: 'User' }, identityProvider: {} },
})
