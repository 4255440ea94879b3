import { Command } from 'commander'
import { createWorkspace } from '../../modules/workspaces/provision.ts'
import type { CommandContext } from '../command-context.ts'
import { withOwner } from '../connect.ts'

/** `rapport workspace` */
export function workspaceCommand(context: CommandContext): Command {
  return new Command('workspace')
    .description('Manage workspaces. Each customer of this installation has one.')
    .addCommand(create(context))
}

function create(context: CommandContext): Command {
  return new Command('create')
    .description('Create a workspace with three roles (admin, member, read-only) and its first administrator.')
    .argument('<slug>', 'short name: lower-case letters, digits and hyphens')
    .requiredOption('--admin <email>', 'e-mail of the first administrator')
    .option('--name <name>', 'name of the workspace, shown to users (default: the slug)')
    .action(async (slug: string, { admin, name }: { admin: string; name?: string }) => {
      const command = 'rapport workspace create'
      await withOwner(context, command, (ownerPool) =>
        createWorkspace(ownerPool, { slug, adminEmail: admin, ...(name !== undefined && { name }) }, command),
      )
      context.print(`Created the workspace ${slug}. Get a token: rapport token --workspace ${slug} --email ${admin}`)
    })
}
