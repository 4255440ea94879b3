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

interface Where {
  readonly workspace?: string
  readonly all?: true
}

/** `rapport plugin enable` */
export function enableCommand(context: CommandContext): Command {
  return switchCommand(context, 'enable', 'Make a workspace use a plugin, from its next request on.', enablePlugin)
}

/** `rapport plugin disable` */
export function disableCommand(context: CommandContext): Command {
  return switchCommand(context, 'disable', 'Make a workspace do without a plugin. Its data stays.', disablePlugin)
}

function switchCommand(
  context: CommandContext,
  name: 'enable' | 'disable',
  description: string,
  act: typeof enablePlugin,
): Command {
  return new Command(name)
    .description(description)
    .argument('<id>', 'the plugin, as `rapport plugin list` shows it')
    .option('--workspace <slug>', 'in this workspace')
    .option('--all', 'in every workspace')
    .action(async (id: string, where: Where) => {
      if ((where.workspace === undefined) === (where.all === undefined))
        throw new CommandError('Say where, with --workspace <slug> or --all.')
      await withApp(context, `rapport plugin ${name}`, async (app) => {
        for (const { slug, workspaceId } of await workspacesOf(app.database.ownerPool, where)) {
          await switchIn(app, workspaceId, slug, id, act)
          context.print(`${name === 'enable' ? 'Enabled' : 'Disabled'} ${id} in ${slug}.`)
        }
      })
    })
}

async function workspacesOf(ownerPool: Pool, { workspace }: Where): Promise<{ slug: string; workspaceId: string }[]> {
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
  act: typeof enablePlugin,
): Promise<void> {
  const request = await administratorsContext(app, workspaceId, slug)
  const { result } = await runWrites(request, (work) => act(work, id))
  if (result.some(({ typename }) => typename === 'NotFoundError')) throw new CommandError(await whyUnknown(app, id))
  if (result.length > 0) throw new CommandError(`${slug}: ${result.map(({ message }) => message).join(' ')}`)
}

async function whyUnknown({ host, database }: App, id: string): Promise<string> {
  const unavailable = host.unavailable.find((each) => each.id === id)
  if (unavailable) return `${id} can't be used: ${unavailable.reason}`
  const installed = (await readInstalled(database.ownerPool)).filter(({ state }) => state === 'INSTALLED')
  const known = installed.length === 0 ? 'None is.' : `These are: ${installed.map((row) => row.id).join(', ')}.`
  return `No plugin ${id} is installed. ${known}`
}

/** The log says who did it: whoever administers the workspace the longest stands for the operator. */
async function administratorsContext(app: App, workspaceId: string, slug: string): Promise<RequestContext> {
  const { rows } = await app.database.ownerPool.query<{ id: string }>(
    `select a.id from actors a
     join actor_roles ar on ar.workspace_id = a.workspace_id and ar.actor_id = a.id
     join roles r on r.workspace_id = ar.workspace_id and r.id = ar.role_id and r.permissions @> array['*:*']
     where a.workspace_id = $1 and a.kind = 'USER' and a.is_active order by a.id limit 1`,
    [workspaceId],
  )
  if (!rows[0])
    throw new CommandError(`The workspace ${slug} has no active administrator in whose name it could be done.`)
  const actor = await actorById(app.database.ownerPool, workspaceId, rows[0].id)
  const runtime = await app.host.runtimeOf(actor)
  return { runtime, actor, requestId: randomUUID(), idempotencyKey: null, requestHash: '' }
}
