import { Command, InvalidArgumentError, Option } from 'commander'
import { findActorByEmail } from '../../modules/workspaces/find-users.ts'
import { openSigningKeys } from '../../platform/identity/sessions/signing-keys.ts'
import { DEFAULT_TOKEN_SECONDS, issueToken, MAX_TOKEN_SECONDS } from '../../platform/identity/sessions/tokens.ts'
import type { CommandContext } from '../command-context.ts'
import { withOwner } from '../connect.ts'
import { parseDuration } from '../duration.ts'

interface TokenOptions {
  workspace: string
  email: string
  expiresIn: number
}

/** `rapport token` */
export function tokenCommand(context: CommandContext): Command {
  return new Command('token')
    .description('Print only an access token of a user. Send it as "Authorization: Bearer <token>".')
    .requiredOption('--workspace <slug>', 'workspace of the user')
    .requiredOption('--email <email>', 'e-mail of the user')
    .addOption(
      new Option('--expires-in <duration>', 'how long it is valid: 90s, 15m or 1h, at most 1d')
        .argParser(parseLifetime)
        .default(DEFAULT_TOKEN_SECONDS, `${DEFAULT_TOKEN_SECONDS / 60}m`),
    )
    .action(async ({ workspace, email, expiresIn }: TokenOptions) => {
      const token = await withOwner(context, 'rapport token', async (ownerPool) => {
        const actor = await findActorByEmail(ownerPool, workspace, email)
        return issueToken(await openSigningKeys(ownerPool), { ...actor, expiresInSeconds: expiresIn })
      })
      context.print(token)
    })
}

function parseLifetime(text: string): number {
  const seconds = parseDuration(text)
  if (seconds > MAX_TOKEN_SECONDS)
    throw new InvalidArgumentError(`A token is valid for ${MAX_TOKEN_SECONDS / 3600} hours at most.`)
  return seconds
}
