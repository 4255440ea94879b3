import { randomUUID } from 'node:crypto'
import { Command } from 'commander'
import type { Pool } from 'pg'
import type { App } from '../../app.ts'
import { requireWorkspace } from '../../modules/workspaces/provision.ts'
import { actorById } from '../../platform/identity/authenticate.ts'
import { disablePlugin, enablePlugin } from '../../platform/plugins/host/activation.ts'
import { readInstalled } from '../../platform/plugins/lifecycle/installed.ts'
import type { RequestContext } from '../../platform/request/context.ts'
import { runWrites } from '../../platform/writes/unit-of-work.ts'
import { withApp } from '../acting.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'

interface WorkspaceOptions {
  readonly workspace?: string
  readonly all?: true
}

/** `rapport plugin enable` */
export function enableCommand(context: CommandContext): Command {
  return switchCommand(
    context,
    'enable',
    'Enable a plugin in a workspace. The workspace uses it from the next request on.',
    enablePlugin,
  )
}

/** `rapport plugin disable` */
export function disableCommand(context: CommandContext): Command {
  return switchCommand(context, 'disable', 'Disable a plugin in a workspace. Its data is kept.', disablePlugin)
}

function switchCommand(
  context: CommandContext,
  name: 'enable' | 'disable',
  description: string,
  switchPlugin: typeof enablePlugin,
): Command {
  return new Command(name)
    .description(description)
    .argument('<id>', 'id of the plugin, as `rapport plugin list` shows it')
    .option('--workspace <slug>', 'change this workspace')
    .option('--all', 'change every workspace')
    .action(async (id: string, options: WorkspaceOptions) => {
      if ((options.workspace === undefined) === (options.all === undefined))
        throw new CommandError('Name the workspace with --workspace <slug>, or use --all.')
      await withApp(context, `rapport plugin ${name}`, async (app) => {
        for (const { slug, workspaceId } of await workspacesOf(app.database.ownerPool, options)) {
          await switchIn(app, workspaceId, slug, id, switchPlugin)
          context.print(`${name === 'enable' ? 'Enabled' : 'Disabled'} ${id} in ${slug}.`)
        }
      })
    })
}

async function workspacesOf(
  ownerPool: Pool,
  { workspace }: WorkspaceOptions,
): Promise<{ slug: string; workspaceId: string }[]> {
  if (workspace !== undefined) return [{ slug: workspace, workspaceId: await requireWorkspace(ownerPool, workspace) }]
  const { rows } = await ownerPool.query<{ slug: string; workspaceId: string }>(
    'select slug, id as "workspaceId" from workspaces order by slug',
  )
  return rows
}

async function switchIn(
  app: App,
  workspaceId: string,
  slug: string,
  id: string,
  switchPlugin: typeof enablePlugin,
): Promise<void> {
  const request = await administratorContext(app, workspaceId, slug)
  const { result } = await runWrites(request, (work) => switchPlugin(work, id))
  if (result.some(({ typename }) => typename === 'NotFoundError'))
    throw new CommandError(await unknownPluginMessage(app, id))
  if (result.length > 0) throw new CommandError(`${slug}: ${result.map(({ message }) => message).join(' ')}`)
}

async function unknownPluginMessage({ host, database }: App, id: string): Promise<string> {
  const unavailable = host.unavailable.find((plugin) => plugin.id === id)
  if (unavailable) return `${id} can't be used: ${unavailable.reason}`
  const installed = (await readInstalled(database.ownerPool)).filter(({ state }) => state === 'INSTALLED')
  const ids = installed.map((row) => row.id).join(', ')
  return `The plugin ${id} is not installed. ${ids === '' ? 'No plugin is installed.' : `Installed plugins: ${ids}.`}`
}

/**
 * Returns a request context whose actor is an active administrator of the workspace: of several, the user who was
 * created first. The log then shows this user as the actor of the change.
 *
 * @throws CommandError when the workspace has no active administrator.
 */
async function administratorContext(app: App, workspaceId: string, slug: string): Promise<RequestContext> {
  const { rows } = await app.database.ownerPool.query<{ id: string }>(
    `select a.id from actors a
     join actor_roles ar on ar.workspace_id = a.workspace_id and ar.actor_id = a.id
     join roles r on r.workspace_id = ar.workspace_id and r.id = ar.role_id and r.permissions @> array['*:*']
     where a.workspace_id = $1 and a.kind = 'USER' and a.is_active order by a.id limit 1`,
    [workspaceId],
  )
  if (!rows[0])
    throw new CommandError(`The workspace ${slug} has no active administrator as whom the change can be logged.`)
  const actor = await actorById(app.database.ownerPool, workspaceId, rows[0].id)
  const runtime = await app.host.runtimeOf(actor)
  return { runtime, actor, requestId: randomUUID(), idempotencyKey: null, requestHash: '' }
}
