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
    .description('Remove a plugin from this installation. Requires one of --keep, --export and --drop for its tables.')
    .argument('<id>', 'id of the plugin, as `rapport plugin list` shows it')
    .option('--keep', 'keep its tables and their data; a later `rapport plugin add` uses them again')
    .option('--export <folder>', 'write its tables to CSV files in a new folder, then drop them')
    .option('--drop', 'drop its tables with all their data')
    .action(async (id: string, options: RemoveOptions) => {
      const removal = removalOf(options)
      await withInstallation(context, 'rapport plugin remove', (installation) =>
        removePlugin(installation, id, removal),
      )
      context.print(
        removal.mode === 'keep'
          ? `Removed ${id}. Its tables were kept.`
          : `Removed ${id} and its tables.${removal.mode === 'export' ? ` Their data is in ${removal.directory}.` : ''}`,
      )
    })
}

function removalOf({ keep, export: directory, drop }: RemoveOptions): Removal {
  const removals: Removal[] = [
    ...(keep ? [{ mode: 'keep' } as const] : []),
    ...(directory === undefined ? [] : [{ mode: 'export', directory: resolve(directory) } as const]),
    ...(drop ? [{ mode: 'drop' } as const] : []),
  ]
  const [removal] = removals
  if (removal && removals.length === 1) return removal
  throw new CommandError('Choose what happens to the tables: use exactly one of --keep, --export <folder> and --drop.')
}
