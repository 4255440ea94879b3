import { resolve } from 'node:path'
import { Command } from 'commander'
import type { Finding } from '../../platform/plugins/conformance/finding.ts'
import { readListedPlugins, rootOf } from '../../platform/plugins/load/installation-config.ts'
import { loadPlugin } from '../../platform/plugins/load/load-plugin.ts'
import type { LoadedPlugin } from '../../platform/request/loaded-plugin.ts'
import type { CommandContext } from '../command-context.ts'

interface CheckOptions {
  readonly publish?: true
}

/** `rapport plugin check` */
export function checkCommand(context: CommandContext): Command {
  return new Command('check')
    .description(
      'Check whether a plugin meets the requirements for plugins, on temporary databases. Exits with 1 when it does not.',
    )
    .argument('[folder]', 'folder of the plugin', '.')
    .option(
      '--publish',
      'write what the plugin adds to the GraphQL schema to its schema.graphql; later checks compare with that file',
    )
    .action(async (folder: string, { publish }: CheckOptions) => {
      // Imported here, so that other commands do not load the code of the server, which the checks start.
      const { checkConformance } = await import('../../platform/plugins/conformance/check-conformance.ts')
      const { conformanceSetup } = await import('../../testing/conformance.ts')
      const directory = resolve(folder)
      const others = await otherListedPlugins(context, directory)
      const setup = await conformanceSetup(others, publish === true)
      let failed = 0
      try {
        for await (const finding of checkConformance(directory, setup)) {
          for (const line of linesOf(finding)) context.print(line)
          failed += finding.problems.length > 0 ? 1 : 0
        }
      } finally {
        await setup.close()
      }
      if (failed > 0) process.exitCode = 1
    })
}

function linesOf({ check, problems, notes = [] }: Finding): string[] {
  return [
    `${problems.length === 0 ? 'ok  ' : 'FAIL'} ${check}`,
    ...problems.map((problem) => `     - ${problem}`),
    ...notes.map((note) => `     (not checked: ${note})`),
  ]
}

/**
 * Returns the plugins that `rapport.config.ts` lists, without the checked plugin. Prints a line for each plugin that
 * can't be loaded, and leaves it out.
 */
async function otherListedPlugins(context: CommandContext, directory: string): Promise<LoadedPlugin[]> {
  const { pluginsFile } = context.config()
  const loaded: LoadedPlugin[] = []
  for (const source of await readListedPlugins(pluginsFile)) {
    try {
      const plugin = await loadPlugin(source, rootOf(pluginsFile))
      if (plugin.directory !== directory) loaded.push(plugin)
    } catch (error) {
      context.print(`     (not loaded: ${source}: ${error instanceof Error ? error.message : String(error)})`)
    }
  }
  return loaded
}
