import { Command } from 'commander'
import { withMigrationLock } from '../../platform/data/migrations/migrate.ts'
import { addPlugin, type Confirm } from '../../platform/plugins/lifecycle/add-plugin.ts'
import { planPlugin } from '../../platform/plugins/lifecycle/plan-plugin.ts'
import { upgradePlugins } from '../../platform/plugins/lifecycle/upgrade-plugins.ts'
import type { CommandContext } from '../command-context.ts'
import { confirm } from './confirm.ts'
import { describePlan, describeRights } from './plan-report.ts'
import { withInstallation } from './with-installation.ts'

interface AgreementOptions {
  readonly yes?: true
}

const YES_OPTION = ['--yes', 'agree to the permissions of the plugin without being asked'] as const

/** `rapport plugin plan` */
export function planCommand(context: CommandContext): Command {
  return new Command('plan')
    .description(
      'Show what adding or upgrading a plugin would do. Changes nothing; exits with 1 when it could not be done.',
    )
    .argument('<plugin>', 'folder, beginning with ./ (relative to rapport.config.ts), or npm package')
    .action(async (source: string) => {
      const plan = await withInstallation(context, 'rapport plugin plan', (installation) =>
        withMigrationLock(installation.databaseUrl, (client) => planPlugin(client, installation, source)),
      )
      for (const line of describePlan(plan)) context.print(line)
      if (plan.problems.length > 0) process.exitCode = 1
    })
}

/** `rapport plugin add` */
export function addCommand(context: CommandContext): Command {
  return new Command('add')
    .description('Install a plugin: list it in rapport.config.ts and run its migrations. All of it, or nothing.')
    .argument('<plugin>', 'folder, beginning with ./ (relative to rapport.config.ts), or npm package')
    .option(...YES_OPTION)
    .action(async (source: string, { yes }: AgreementOptions) => {
      const { id, version, outcome } = await withInstallation(context, 'rapport plugin add', (installation) =>
        addPlugin(installation, source, confirmation(context, yes)),
      )
      context.print(ADDED[outcome](id, version))
    })
}

const ADDED = {
  done: (id: string, version: string) =>
    `Installed ${id} ${version}. Enable it in a workspace: rapport plugin enable ${id} --workspace <slug>`,
  declined: () => 'Nothing was changed.',
  'nothing to do': (id: string, version: string) => `${id} ${version} is installed already.`,
} as const

/** `rapport plugin upgrade` */
export function upgradeCommand(context: CommandContext): Command {
  return new Command('upgrade')
    .description('Upgrade installed plugins to the version in their folder or package: run their new migrations.')
    .argument('[id]', 'only this plugin')
    .option(...YES_OPTION)
    .action(async (id: string | undefined, { yes }: AgreementOptions) => {
      const upgrades = await withInstallation(context, 'rapport plugin upgrade', (installation) =>
        upgradePlugins(installation, id ?? null, confirmation(context, yes)),
      )
      for (const { id: pluginId, from, to, outcome } of upgrades)
        context.print(
          outcome === 'done' ? `Upgraded ${pluginId} from ${from} to ${to}.` : `${pluginId} stays at ${from}.`,
        )
      if (upgrades.length === 0) context.print('No plugin is installed.')
      if (upgrades.some(({ outcome }) => outcome === 'done')) context.print('Restart the running servers.')
    })
}

function confirmation({ print }: CommandContext, yes: true | undefined): Confirm {
  return async ({ target, row, schema }) => {
    if (target === null) return false
    const { plugin } = target
    for (const line of describeRights(plugin)) print(line)
    for (const change of schema?.breaking ?? []) print(`Breaks for clients: ${change}`)
    const verb = row === null || row.state === 'KEPT' ? 'Install' : 'Upgrade to'
    // Other plugins of the same command may have been upgraded already.
    const unchanged = verb === 'Install' ? 'nothing was changed' : `${plugin.id} was not changed`
    return yes === true || confirm(`${verb} ${plugin.id} ${plugin.version}?`, unchanged)
  }
}
