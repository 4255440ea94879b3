import { Command } from 'commander'
import { rotateSigningKeys } from '../../platform/identity/sessions/signing-key-store.ts'
import { replaceAddressKey } from '../../platform/identity/signed-addresses.ts'
import type { CommandContext } from '../command-context.ts'
import { withOwner } from '../connect.ts'

/** `rapport keys` */
export function keysCommand(context: CommandContext): Command {
  return new Command('keys')
    .description('Manage the keys with which this installation signs access tokens and addresses.')
    .addCommand(rotate(context))
    .addCommand(replaceAddresses(context))
}

function rotate(context: CommandContext): Command {
  return new Command('rotate')
    .description(
      'Create a new signing key and use it from now on. Tokens that the old key signed stay valid until they expire.',
    )
    .option(
      '--compromised',
      'the old key is no longer secret: within 30 seconds, refuse all access tokens that were signed before',
    )
    .action(async ({ compromised = false }: { compromised?: boolean }) => {
      const kid = await withOwner(context, 'rapport keys rotate', (ownerPool) =>
        rotateSigningKeys(ownerPool, { compromised }),
      )
      context.print(`The signing key is now ${kid}.`)
    })
}

function replaceAddresses(context: CommandContext): Command {
  return new Command('replace-addresses')
    .description(
      'Create a new key for signed addresses, such as those of quotes: within 30 seconds, all that were handed out before are refused.',
    )
    .action(async () => {
      await withOwner(context, 'rapport keys replace-addresses', replaceAddressKey)
      context.print('The key of signed addresses is new.')
    })
}
