import { openSigningKeys } from '../../src/platform/identity/sessions/signing-keys.ts'
import { issueToken } from '../../src/platform/identity/sessions/tokens.ts'
import type { TestActor } from '../../src/testing/client.ts'
import type { TestApp } from './app.ts'

/** An access token of the actor that expires after `seconds`. */
export async function shortToken(app: TestApp, { workspaceId, id }: TestActor, seconds: number): Promise<string> {
  return issueToken(await openSigningKeys(app.database.ownerPool), {
    workspaceId,
    actorId: id,
    expiresInSeconds: seconds,
  })
}
