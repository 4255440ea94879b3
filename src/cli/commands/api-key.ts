import { Command, Option } from 'commander'
import { requireWorkspace } from '../../modules/workspaces/find-users.ts'
import { decodeRecordId, encodeId } from '../../platform/declare/record-id.ts'
import { changeStatus } from '../../platform/identity/actor-status.ts'
import { createApiKey, type ListedApiKey, listApiKeys } from '../../platform/identity/api-keys.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'
import { withOwner } from '../connect.ts'
import { parseExpiry } from '../expiry.ts'

interface ApiKeyOptions {
  workspace: string
  name: string
  role: string
  scope?: string[]
  expires?: Date
}

/** Prefix of the record ids of API keys. */
const ID_PREFIX = 'apikey'

/** `rapport api-key` */
export function apiKeyCommand(context: CommandContext): Command {
  return new Command('api-key')
    .description('Manage API keys: the credentials of integrations.')
    .addCommand(create(context))
    .addCommand(list(context))
    .addCommand(revoke(context))
}

function create(context: CommandContext): Command {
  return new Command('create')
    .description('Create an API key and print only the key. It is shown only once.')
    .requiredOption('--workspace <slug>', 'workspace that the key gives access to')
    .requiredOption('--name <name>', 'name of the integration, shown to users')
    .requiredOption('--role <role>', 'role of the key: admin, member, read-only, or another role of the workspace')
    .option(
      '--scope <permission...>',
      'limit the key to these permissions of its role, such as account:read (default: all permissions of the role)',
    )
    .addOption(
      new Option(
        '--expires <when>',
        'when the key expires: a duration such as 90d, a date such as 2030-01-31 (its start in UTC), or a time such as 2030-01-31T12:00:00Z (default: never)',
      ).argParser((text) => parseExpiry(text)),
    )
    .action(async ({ workspace, name, role, scope, expires }: ApiKeyOptions) => {
      const command = 'rapport api-key create'
      const { secret } = await withOwner(context, command, async (ownerPool) => {
        const workspaceId = await requireWorkspace(ownerPool, workspace)
        const limits = { ...(scope && { scopes: scope }), ...(expires && { expiresAt: expires }) }
        return createApiKey(ownerPool, { workspaceId, name, roleName: role, ...limits }, command)
      })
      context.print(secret)
    })
}

function list(context: CommandContext): Command {
  return new Command('list')
    .description('List the API keys of a workspace: id, last characters of the secret, state, roles and name.')
    .requiredOption('--workspace <slug>', 'workspace of the keys')
    .action(async ({ workspace }: { workspace: string }) => {
      const keys = await withOwner(context, 'rapport api-key list', async (ownerPool) =>
        listApiKeys(ownerPool, await requireWorkspace(ownerPool, workspace)),
      )
      if (keys.length === 0) context.print(`The workspace ${workspace} has no API key.`)
      for (const key of keys)
        context.print(
          [encodeId(ID_PREFIX, key.id), `…${key.hint ?? '????'}`, stateOf(key), key.roles.join(','), key.name].join(
            '  ',
          ),
        )
    })
}

function stateOf({ isActive, expiresAt }: ListedApiKey): string {
  if (!isActive) return 'revoked'
  if (expiresAt === null) return 'active'
  return `${expiresAt.getTime() > Date.now() ? 'active until' : 'expired'} ${expiresAt.toISOString()}`
}

function revoke(context: CommandContext): Command {
  return new Command('revoke')
    .description('Revoke an API key permanently: from now on, its requests are refused.')
    .argument('<id>', 'id of the key as shown by the API and `rapport api-key list`, or its uuid')
    .requiredOption('--workspace <slug>', 'workspace of the key')
    .action(async (id: string, { workspace }: { workspace: string }) => {
      const command = 'rapport api-key revoke'
      const name = await withOwner(context, command, async (ownerPool) => {
        const workspaceId = await requireWorkspace(ownerPool, workspace)
        const uuid = decodeRecordId(id, ID_PREFIX) ?? id.toLowerCase()
        const key = (await listApiKeys(ownerPool, workspaceId)).find(({ id: keyId }) => keyId === uuid)
        if (!key)
          throw new CommandError(
            `The workspace ${workspace} has no API key ${id}. See: rapport api-key list --workspace ${workspace}`,
          )
        await changeStatus(ownerPool, { workspaceId, actorId: uuid, kind: 'API_KEY', isActive: false, command })
        return key.name
      })
      context.print(`The API key ${name} is revoked.`)
    })
}
