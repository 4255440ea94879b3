import { Command } from 'commander'
import { requireWorkspace } from '../../modules/workspaces/provision.ts'
import { createApiKey } from '../../platform/access/api-keys.ts'
import { withOwner } from '../connect.ts'
import type { CommandContext } from '../context.ts'

interface ApiKeyOptions {
  workspace: string
  name: string
  role: string
}

/** `rapport api-key` */
export function apiKeyCommand(context: CommandContext): Command {
  return new Command('api-key')
    .description('Manage API keys: the credentials of integrations.')
    .addCommand(create(context))
}

function create(context: CommandContext): Command {
  return new Command('create')
    .description('Make an API key and print it, and nothing else. It is shown this once.')
    .requiredOption('--workspace <slug>', 'workspace that it may use')
    .requiredOption('--name <name>', 'name of the integration, as people see it')
    .requiredOption('--role <role>', 'what it may do: admin, member or read-only')
    .action(async ({ workspace, name, role }: ApiKeyOptions) => {
      const { secret } = await withOwner(context, 'rapport api-key create', async (owner) =>
        createApiKey(owner, { workspaceId: await requireWorkspace(owner, workspace), name, roleName: role }),
      )
      context.print(secret)
    })
}
