import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { migrationCommand, typesCommand } from '../plugins/author-commands.ts'
import { checkCommand } from '../plugins/check-command.ts'
import { addCommand, planCommand, upgradeCommand } from '../plugins/install-commands.ts'
import { listCommand, pluginDoctorCommand, setCommand } from '../plugins/look-commands.ts'
import { newCommand } from '../plugins/new-command.ts'
import { packCommand } from '../plugins/pack-command.ts'
import { removeCommand } from '../plugins/remove-command.ts'
import { runCommand } from '../plugins/run-command.ts'
import { disableCommand, enableCommand } from '../plugins/switch-commands.ts'

/** `rapport plugin` */
export function pluginCommand(context: CommandContext): Command {
  const command = new Command('plugin').description('Manage plugins: the packages that extend this installation.')
  for (const create of COMMANDS) command.addCommand(create(context))
  return command
}

const COMMANDS = [
  listCommand,
  planCommand,
  addCommand,
  upgradeCommand,
  enableCommand,
  disableCommand,
  runCommand,
  setCommand,
  removeCommand,
  pluginDoctorCommand,
  checkCommand,
  newCommand,
  packCommand,
  typesCommand,
  migrationCommand,
] as const
