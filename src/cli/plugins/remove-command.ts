import { resolve } from 'node:path'
import { Command } from 'commander'
import { type Removal, removePlugin } from '../../platform/plugins/lifecycle/remove-plugin.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'
import { withInstallation } from './with-installation.ts'

interface RemoveOptions {
  readonly keep?: true
  readonly export?: string
  readonly drop?: true
}

/** `rapport plugin remove` */
export function removeCommand(context: CommandContext): Command {
  return new Command('remove')
    .description('Take a plugin out of this installation. Say what becomes of its tables.')
    .argument('<id>', 'the plugin, as `rapport plugin list` shows it')
    .option('--keep', 'keep its tables and their data; `add` finds them again')
    .option('--export <folder>', 'write its tables to CSV files of a new folder, then drop them')
    .option('--drop', 'drop its tables with all their data')
    .action(async (id: string, options: RemoveOptions) => {
      const removal = removalOf(options)
      await withInstallation(context, 'rapport plugin remove', (installation) =>
        removePlugin(installation, id, removal),
      )
      context.print(
        removal.mode === 'keep'
          ? `Took ${id} out. Its tables were kept.`
          : `Took ${id} out, with its tables.${removal.mode === 'export' ? ` What was in them is in ${removal.directory}.` : ''}`,
      )
    })
}

function removalOf({ keep, export: directory, drop }: RemoveOptions): Removal {
  const chosen: Removal[] = [
    ...(keep ? [{ mode: 'keep' } as const] : []),
    ...(directory === undefined ? [] : [{ mode: 'export', directory: resolve(directory) } as const]),
    ...(drop ? [{ mode: 'drop' } as const] : []),
  ]
  const [removal] = chosen
  if (removal && chosen.length === 1) return removal
  throw new CommandError('Say what becomes of the tables, with exactly one of --keep, --export <folder> and --drop.')
}
