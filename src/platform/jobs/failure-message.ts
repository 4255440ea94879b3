import type { Pool } from 'pg'
import { reasonOf } from '../plugins/background/background.ts'
import { PluginFailedError } from '../sandbox/failure.ts'

const MAX_MESSAGE_LENGTH = 2_000

/**
 * Returns the message of a job's failure that administrators of the workspace see, at most 2,000 characters. It names
 * the failed part of a plugin when this is not the job itself, such as a rule of another plugin. Secrets of plugins in
 * this workspace are replaced by `…`, because the error of a request to another service may quote its address.
 */
export async function failureMessage(
  ownerPool: Pick<Pool, 'query'>,
  workspaceId: string,
  job: string,
  error: unknown,
): Promise<string> {
  const reason = reasonOf(error)
  const message = error instanceof PluginFailedError && error.part !== job ? `${error.part}: ${reason}` : reason
  const { rows } = await ownerPool.query<{ secret: string }>(
    `select distinct secret from plugin_activations pa, jsonb_each_text(pa.secrets) as secrets (name, secret)
     where pa.workspace_id = $1 and secret <> ''`,
    [workspaceId],
  )
  const texts = rows.flatMap(({ secret }) => [secret, encodeURIComponent(secret)])
  // The longest first, because one secret may be a part of another.
  texts.sort((one, other) => other.length - one.length)
  return texts.reduce((text, secret) => text.replaceAll(secret, '…'), message).slice(0, MAX_MESSAGE_LENGTH)
}
