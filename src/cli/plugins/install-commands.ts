import { Command } from 'commander'
import { withMigrationLock } from '../../platform/data/migrations/migrate.ts'
import { addPlugin, type Confirm } from '../../platform/plugins/lifecycle/add-plugin.ts'
import { planPlugin } from '../../platform/plugins/lifecycle/plan-plugin.ts'
import { upgradePlugins } from '../../platform/plugins/lifecycle/upgrade-plugins.ts'
import type { CommandContext } from '../command-context.ts'
import { confirm } from './confirm.ts'
import { describePlan, describeRights } from './plan-report.ts'
import { withInstallation } from './with-installation.ts'

interface ConfirmationOptions {
  readonly yes?: true
}

const PLUGIN_ARGUMENT =
  'folder that begins with ./ (relative to rapport.config.ts), npm package, or id of a plugin that is installed or listed'

const YES_OPTION = ['--yes', 'agree to the permissions of the plugin without a prompt'] as const

/** `rapport plugin plan` */
export function planCommand(context: CommandContext): Command {
  return new Command('plan')
    .description(
      'Show what adding or upgrading a plugin would do. Changes nothing; exits with 1 when there are problems.',
    )
    .argument('<plugin>', PLUGIN_ARGUMENT)
    .action(async (given: string) => {
      const plan = await withInstallation(context, 'rapport plugin plan', (installation) =>
        withMigrationLock(installation.databaseUrl, (client) => planPlugin(client, installation, given)),
      )
      for (const line of describePlan(plan)) context.print(line)
      if (plan.problems.length + plan.drift.length > 0) process.exitCode = 1
    })
}

/** `rapport plugin add` */
export function addCommand(context: CommandContext): Command {
  return new Command('add')
    .description(
      'Install a plugin: list it in rapport.config.ts and run its migrations. When a step fails, nothing is changed.',
    )
    .argument('<plugin>', PLUGIN_ARGUMENT)
    .option(...YES_OPTION)
    .action(async (source: string, { yes }: ConfirmationOptions) => {
      const { id, version, outcome } = await withInstallation(context, 'rapport plugin add', (installation) =>
        addPlugin(installation, source, confirmation(context, yes)),
      )
      context.print(ADD_MESSAGES[outcome](id, version))
    })
}

const ADD_MESSAGES = {
  done: (id: string, version: string) =>
    `Installed ${id} ${version}. Enable it in a workspace: rapport plugin enable ${id} --workspace <slug>`,
  declined: () => 'Nothing was changed.',
  'nothing to do': (id: string, version: string) => `${id} ${version} is already installed.`,
} as const

/** `rapport plugin upgrade` */
export function upgradeCommand(context: CommandContext): Command {
  return new Command('upgrade')
    .description('Upgrade installed plugins to the version in their folder or package, and run their new migrations.')
    .argument('[id]', 'upgrade only this plugin')
    .option(...YES_OPTION)
    .action(async (id: string | undefined, { yes }: ConfirmationOptions) => {
      const upgrades = await withInstallation(context, 'rapport plugin upgrade', (installation) =>
        upgradePlugins(installation, id ?? null, confirmation(context, yes)),
      )
      for (const { id: pluginId, from, to, outcome } of upgrades)
        context.print(
          outcome === 'done'
            ? `Upgraded ${pluginId} from ${from} to ${to}.`
            : `${pluginId} was not upgraded; its version is still ${from}.`,
        )
      if (upgrades.length === 0) context.print('No plugin is installed.')
      if (upgrades.some(({ outcome }) => outcome === 'done')) context.print('Restart the running servers.')
    })
}

/**
 * Returns a function that prints the rights of a plugin and asks the operator for a confirmation, except with --yes.
 */
function confirmation({ print }: CommandContext, yes: true | undefined): Confirm {
  return async ({ target, row, schema }) => {
    if (target === null) return false
    const { plugin } = target
    for (const line of describeRights(plugin)) print(line)
    for (const change of schema?.breaking ?? []) print(`Breaking change for clients: ${change}`)
    const verb = row === null || row.state === 'KEPT' ? 'Install' : 'Upgrade to'
    // The same command may have upgraded other plugins already, so "nothing was changed" could be wrong.
    const unchanged = verb === 'Install' ? 'nothing was changed' : `${plugin.id} was not changed`
    return yes === true || confirm(`${verb} ${plugin.id} ${plugin.version}?`, unchanged)
  }
}
