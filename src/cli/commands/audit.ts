import { Command } from 'commander'
import { sealAll } from '../../platform/log/seals/seal.ts'
import { type Verdict, verifyAudit } from '../../platform/log/seals/verify.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'
import { withOwner } from '../connect.ts'

/** `rapport audit` */
export function auditCommand(context: CommandContext): Command {
  return new Command('audit')
    .description('Seal the entries of the audit, and check that no sealed entry was altered or removed.')
    .addCommand(verify(context))
    .addCommand(seal(context))
}

interface VerifyOptions {
  workspace?: string
  expect?: string
}

const HASH = /^[0-9a-f]{64}$/i

function verify(context: CommandContext): Command {
  return new Command('verify')
    .description(
      'Check every seal (a hash over audit entries) against its entries. Exits with 1 when a seal does not match.',
    )
    .option('--workspace <slug>', 'check only this workspace')
    .option(
      '--expect <hash>',
      'hash of a seal, from a copy outside the database such as the log: check that a seal still has this hash',
    )
    .action(async (options: VerifyOptions) => {
      if (options.expect !== undefined && !HASH.test(options.expect))
        throw new CommandError('--expect requires the hash of a seal: 64 hexadecimal digits.')
      const { checked, isIntact } = await withOwner(context, 'rapport audit verify', async (ownerPool) => {
        const verdicts: Verdict[] = []
        for await (const verdict of verifyAudit(ownerPool, options)) {
          context.print(lineOf(verdict))
          verdicts.push(verdict)
        }
        return {
          checked: verdicts.length,
          isIntact: verdicts.every(({ fault }) => fault === null) && isExpected(context, options, verdicts),
        }
      })
      if (checked === 0)
        throw new CommandError(
          options.workspace === undefined ? 'There is no workspace.' : `There is no workspace ${options.workspace}.`,
        )
      if (!isIntact)
        throw new CommandError(
          'Some entries of the audit were changed after they were sealed, or are in no seal. docs/operators/audit.md describes what to do.',
        )
    })
}

function isExpected({ print }: CommandContext, { expect }: VerifyOptions, verdicts: readonly Verdict[]): boolean {
  if (expect === undefined) return true
  const verdict = verdicts.find(({ expectedSeal }) => expectedSeal !== null)
  print(
    verdict
      ? `The expected hash is the hash of seal ${verdict.expectedSeal} of ${verdict.workspace}.`
      : 'No seal has the expected hash: the newest seals were removed, or all seals were replaced.',
  )
  return verdict !== undefined
}

function lineOf({ workspace, seals, prunedSeals, entries, unsealed, newestHash, fault }: Verdict): string {
  if (fault !== null) return `${workspace}: WRONG. ${fault}`
  const pruned =
    prunedSeals === 0
      ? ''
      : `, ${prunedSeals} of them without entries, which were deleted at the end of their retention`
  const newest = newestHash === null ? '' : ` The newest hash is ${newestHash}.`
  return `${workspace}: ${entries} entries match their seals (seals: ${seals}${pruned}), ${unsealed} not sealed yet.${newest}`
}

function seal(context: CommandContext): Command {
  return new Command('seal')
    .description('Seal the committed entries now. A running server does this every second.')
    .action(async () => {
      const { entries, workspaces } = await withOwner(context, 'rapport audit seal', sealAll)
      context.print(`Sealed ${entries} entries of ${workspaces} workspaces.`)
    })
}
