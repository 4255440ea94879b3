import { Command } from 'commander'
import { rotateSigningKeys } from '../../platform/identity/sessions/signing-key-store.ts'
import type { CommandContext } from '../command-context.ts'
import { withOwner } from '../connect.ts'

/** `rapport keys` */
export function keysCommand(context: CommandContext): Command {
  return new Command('keys')
    .description('Manage the key pairs with which this installation signs access tokens.')
    .addCommand(rotate(context))
}

function rotate(context: CommandContext): Command {
  return new Command('rotate')
    .description('Sign with a new key from now on. Tokens of the old key stay valid until they expire.')
    .option('--compromised', 'the old key is known to others: refuse every access token in use, within 30 seconds')
    .action(async ({ compromised = false }: { compromised?: boolean }) => {
      const kid = await withOwner(context, 'rapport keys rotate', (ownerPool) =>
        rotateSigningKeys(ownerPool, { compromised }),
      )
      context.print(`The signing key is now ${kid}.`)
    })
}
