import { createHash, randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
import { insertActor } from './actor-store.ts'
import { ProvisioningError } from './errors.ts'
import { ownerTransaction } from './owner-transaction.ts'

const PREFIX = 'rpk_'
const SECRET_BYTES = 32
const API_KEY = /^rpk_[\w-]{43}$/

export interface NewApiKey {
  readonly workspaceId: string
  /** Name people know the integration by. */
  readonly name: string
  readonly roleName: string
  /** When it stops working; never unless given. */
  readonly expiresAt?: Date
}

/**
 * Makes an API key, an actor of its own with one role. `secret` is what the integration sends; it is told this once,
 * as the database keeps only its hash. Throws ProvisioningError when the workspace or role is unknown, the name is
 * empty or the expiry is past.
 */
export async function createApiKey(owner: Pool, key: NewApiKey): Promise<{ actorId: string; secret: string }> {
  if (key.expiresAt && !(key.expiresAt.getTime() > Date.now())) {
    throw new ProvisioningError('EXPIRY_PAST', 'The expiry of an API key must lie in the future.')
  }
  const secret = PREFIX + randomBytes(SECRET_BYTES).toString('base64url')
  const actorId = await ownerTransaction(owner, (client) =>
    insertActor(client, {
      workspaceId: key.workspaceId,
      kind: 'API_KEY',
      displayName: key.name,
      roleName: key.roleName,
      keyHash: hashApiKey(secret),
      keyHint: secret.slice(-4),
      ...(key.expiresAt && { expiresAt: key.expiresAt }),
    }),
  )
  return { actorId, secret }
}

/** Whether a credential claims to be an API key, well-formed or not. The prefix also lets secret scanners find one. */
export function isApiKey(credential: string): boolean {
  return credential.startsWith(PREFIX)
}

/** Whether it can be one that was ever given out. */
export function isWellFormedApiKey(credential: string): boolean {
  return API_KEY.test(credential)
}

/** What the database keeps. A plain hash is enough: 256 random bits can't be guessed, however fast one tries. */
export function hashApiKey(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
