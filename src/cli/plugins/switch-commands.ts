import { Command } from 'commander'
import type { Pool } from 'pg'
import type { App } from '../../app.ts'
import { requireWorkspace } from '../../modules/workspaces/find-users.ts'
import { disablePlugin, enablePlugin } from '../../platform/plugins/host/activation.ts'
import { runWrites } from '../../platform/writes/unit-of-work.ts'
import { withApp } from '../acting.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'
import { administratorContext, unknownPluginMessage } from './administrator.ts'

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
