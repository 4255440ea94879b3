import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command } from 'commander'
import type { Finding } from '../../platform/plugins/conformance/finding.ts'
import { readListedPlugins, rootOf } from '../../platform/plugins/load/installation-config.ts'
import { loadPlugin } from '../../platform/plugins/load/load-plugin.ts'
import { isFolder } from '../../platform/plugins/load/specifier.ts'
import type { LoadedPlugin } from '../../platform/request/loaded-plugin.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'

interface CheckOptions {
  readonly publish?: true
  readonly only?: string
}

/** `rapport plugin check` */
export function checkCommand(context: CommandContext): Command {
  return new Command('check')
    .description(
      'Check whether a plugin meets the requirements for plugins, on temporary databases. Exits with 1 when it does not.',
    )
    .argument('[plugin]', 'folder of the plugin, or npm package or id of a plugin that rapport.config.ts lists', '.')
    .option(
      '--publish',
      'write what the plugin adds to the GraphQL schema to its schema.graphql; later checks compare with that file',
    )
    .option(
      '--only <check>',
      'run one check again, such as "reads in one statement", besides those of the import and the composition',
    )
    .action(async (given: string, { publish, only }: CheckOptions) => {
      // Imported here, so that other commands do not load the code of the server, which the checks start.
      const { checkConformance } = await import('../../platform/plugins/conformance/check-conformance.ts')
      const { conformanceSetup } = await import('../../testing/conformance.ts')
      const listed = await listedPlugins(context)
      const directory = folderOf(given, listed)
      const others = listed.filter((plugin) => plugin.directory !== directory)
      const setup = await conformanceSetup(others, publish === true, only)
      let failed = 0
      const names = new Set<string>()
      try {
        for await (const finding of checkConformance(directory, setup)) {
          for (const line of linesOf(finding)) context.print(line)
          names.add(finding.check)
          failed += finding.problems.length > 0 ? 1 : 0
        }
      } finally {
        await setup.close()
      }
      if (failed > 0) process.exitCode = 1
      else if (only !== undefined && !names.has(only))
        throw new CommandError(`There is no check "${only}". Run the command without --only: it prints their names.`)
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
 * Returns the folder of the plugin to check.
 * @param given A folder; or the package or id of a listed plugin, unless there is a folder with this name.
 * @throws CommandError when it is neither.
 */
function folderOf(given: string, listed: readonly LoadedPlugin[]): string {
  const folder = resolve(given)
  if (isFolder(given) || existsSync(folder)) return folder
  const directory = listed.find(({ plugin, source }) => plugin.id === given || source === given)?.directory
  if (directory) return directory
  const ids = listed.map(({ plugin }) => plugin.id).join(', ')
  throw new CommandError(
    `There is no folder ${given}, and rapport.config.ts lists no plugin with this package or id. ${ids === '' ? 'It lists no plugin.' : `It lists ${ids}.`}`,
  )
}

/** Returns the plugins that `rapport.config.ts` lists. Prints a line for each that can't be loaded, and leaves it out. */
async function listedPlugins(context: CommandContext): Promise<LoadedPlugin[]> {
  const { pluginsFile } = context.config()
  const loaded: LoadedPlugin[] = []
  for (const source of await readListedPlugins(pluginsFile)) {
    try {
      loaded.push(await loadPlugin(source, rootOf(pluginsFile)))
    } catch (error) {
      context.print(`     (not loaded: ${source}: ${error instanceof Error ? error.message : String(error)})`)
    }
  }
  return loaded
}
