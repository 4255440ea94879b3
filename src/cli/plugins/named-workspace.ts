import type { Pool } from 'pg'
import { requireWorkspace } from '../../modules/workspaces/find-users.ts'
import { isUuid } from '../../platform/formats/uuid.ts'
import { CommandError } from '../command-error.ts'

/** A workspace that a command works in. */
export interface NamedWorkspace {
  readonly slug: string
  readonly workspaceId: string
}

/**
 * Returns the workspace with a slug or id (uuid). Without a name, returns the only workspace that has enabled the plugin.
 *
 * @throws ProvisioningError or CommandError when there is no such workspace, or several have enabled the plugin.
 */
export async function workspaceUsing(
  ownerPool: Pool,
  pluginId: string,
  name: string | undefined,
): Promise<NamedWorkspace> {
  if (name !== undefined && !isUuid(name)) return { slug: name, workspaceId: await requireWorkspace(ownerPool, name) }
  const { rows } = await ownerPool.query<NamedWorkspace>(
    `select slug, id as "workspaceId" from workspaces w
     where case when $1::uuid is null then exists (
         select from plugin_activations pa where pa.workspace_id = w.id and pa.plugin_id = $2 and pa.is_enabled
       ) else w.id = $1::uuid end
     order by slug limit 20`,
    [name ?? null, pluginId],
  )
  const [first, second] = rows
  if (first && !second) return first
  if (name !== undefined) throw new CommandError(`There is no workspace with the id ${name}.`)
  throw new CommandError(
    first
      ? `Several workspaces have enabled ${pluginId}. Name one with --workspace <slug>, such as ${rows.map(({ slug }) => slug).join(' or ')}.`
      : `No workspace has enabled ${pluginId}. Name the workspace with --workspace <slug>, or enable the plugin first.`,
  )
}
