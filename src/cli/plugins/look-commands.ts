import { Command } from 'commander'
import { coreParts } from '../../core.ts'
import { setInstallationSettings } from '../../platform/plugins/lifecycle/installation-settings.ts'
import { pluginOverview } from '../../platform/plugins/lifecycle/overview.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'
import { withOwner } from '../connect.ts'
import { formatFinding } from '../doctor/finding.ts'
import { examinePlugins } from '../doctor/plugins.ts'

/** `rapport plugin list` */
export function listCommand(context: CommandContext): Command {
  return new Command('list')
    .description(
      'List the plugins of this installation, the workspaces where they are enabled, and the plugins that cannot be used.',
    )
    .action(async () => {
      const { plugins, refused } = await withOwner(context, 'rapport plugin list', async (ownerPool) =>
        pluginOverview(ownerPool, await coreParts(), context.config().pluginsFile),
      )
      for (const { row, workspaces, quarantined, unavailable } of plugins) {
        const where = workspaces.length === 0 ? 'not enabled in any workspace' : `enabled in ${workspaces.join(', ')}`
        context.print(`${row.id} ${row.version} ${row.state.toLowerCase()}, from ${row.source}, ${where}`)
        for (const { slug, reason } of [...quarantined, ...unavailable])
          context.print(`  not in use in ${slug}: ${reason}`)
      }
      for (const { id, source, reason } of refused) context.print(`${id ?? source} can't be used: ${reason}`)
      if (plugins.length + refused.length === 0) context.print('No plugin is installed.')
    })
}

/** `rapport plugin doctor` */
export function pluginDoctorCommand(context: CommandContext): Command {
  return new Command('doctor')
    .description(
      'Report differences between the installed plugins and the database or rapport.config.ts, and how to correct them. Changes nothing; exits with 1 when there is a problem.',
    )
    .action(async () => {
      const findings = await withOwner(context, 'rapport plugin doctor', (ownerPool) =>
        examinePlugins(ownerPool, context.config().pluginsFile),
      )
      for (const finding of findings) context.print(formatFinding(finding))
      if (findings.some(({ state }) => state === 'problem')) process.exitCode = 1
    })
}

/** `rapport plugin set` */
export function setCommand(context: CommandContext): Command {
  return new Command('set')
    .description('Change settings of a plugin for the whole installation.')
    .argument('<id>', 'id of the plugin')
    .argument('<setting...>', 'name=value; the value can be JSON, and null removes the setting')
    .action(async (id: string, assignments: readonly string[]) => {
      const settings = await withOwner(context, 'rapport plugin set', (ownerPool) =>
        setInstallationSettings(
          ownerPool,
          context.config().pluginsFile,
          id,
          Object.fromEntries(assignments.map(readSetting)),
        ),
      )
      for (const [name, value] of Object.entries(settings)) context.print(`${name}=${JSON.stringify(value)}`)
    })
}

/** Parses `name=value`. A value that is not valid JSON is a text. */
function readSetting(assignment: string): [name: string, value: unknown] {
  const separator = assignment.indexOf('=')
  if (separator < 1) throw new CommandError(`${JSON.stringify(assignment)} is not a setting. Write name=value.`)
  const name = assignment.slice(0, separator)
  const text = assignment.slice(separator + 1)
  try {
    return [name, JSON.parse(text)]
  } catch {
    return [name, text]
  }
}
