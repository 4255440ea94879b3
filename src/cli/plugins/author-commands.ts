import { resolve } from 'node:path'
import { Command } from 'commander'
import { coreParts } from '../../core.ts'
import type { ModelSource } from '../../platform/data/models/compose-models.ts'
import { authorMigration } from '../../platform/plugins/authoring/author-migration.ts'
import { CLIENT_TYPES_FOLDER } from '../../platform/plugins/authoring/client-types.ts'
import { MODEL_TYPES_FILE, readUnloadedModels } from '../../platform/plugins/authoring/plugin-model-types.ts'
import { isInProject, writePluginTypes, writeProjectTypes } from '../../platform/plugins/authoring/project-types.ts'
import { readListedPlugins, rootOf } from '../../platform/plugins/load/installation-config.ts'
import { loadPlugin } from '../../platform/plugins/load/load-plugin.ts'
import type { LoadedPlugin } from '../../platform/request/loaded-plugin.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'
import { listedModels } from './listed-models.ts'

/** `rapport plugin types` */
export function typesCommand(context: CommandContext): Command {
  return new Command('types')
    .description(`Write the TypeScript types of a plugin's models, for \`ModelTypes\` and for \`context.prisma\`.`)
    .argument('<folder>', 'folder of the plugin')
    .action(async (folder: string) => {
      const directory = resolve(folder)
      const models = await readUnloadedModels(directory)
      if (!models) throw new CommandError(`There is no models.prisma in ${folder}.`)
      const { pluginsFile } = context.config()
      const core = (await coreParts()).models
      if (isInProject(directory, rootOf(pluginsFile))) {
        await writeProjectTypes(core, rootOf(pluginsFile))
        context.print(`Wrote ${MODEL_TYPES_FILE} and generated/plugins.`)
        return
      }
      const others = await listedModels(pluginsFile, directory)
      await writePluginTypes(core, models.source, others, directory)
      context.print(`Wrote ${MODEL_TYPES_FILE} and ${CLIENT_TYPES_FOLDER}.`)
    })
}

/** `rapport plugin migration` */
export function migrationCommand(context: CommandContext): Command {
  return new Command('migration')
    .description("Write a plugin's next migration and its remove.sql from its models.prisma. Uses no database.")
    .argument('<folder>', 'folder of the plugin')
    .argument('<name>', 'name of the migration, such as add_note')
    .action(async (folder: string, name: string) => {
      const plugin = await loadPlugin(resolve(folder), process.cwd())
      const { models } = await coreParts()
      const dependencies = await dependenciesOf(plugin, context.config().pluginsFile)
      const { file, manualSteps } = await authorMigration(plugin, [models, ...dependencies], name)
      context.print(
        file === null
          ? 'No migration is needed: the models have not changed.'
          : `Wrote migrations/${file}. Read it before you publish it.`,
      )
      for (const step of manualSteps) context.print(`- ${step}`)
    })
}

/**
 * Returns the models of a plugin's direct and indirect dependencies, without the models of core.
 *
 * @throws CommandError when a dependency is not listed in `rapport.config.ts`.
 */
async function dependenciesOf({ plugin }: LoadedPlugin, configPath: string): Promise<ModelSource[]> {
  const coreIds = (await coreParts()).plugins.map(({ id }) => id)
  const listed: LoadedPlugin[] = []
  for (const specifier of await readListedPlugins(configPath)) {
    const loaded = await loadPlugin(specifier, rootOf(configPath)).catch(() => null)
    if (loaded) listed.push(loaded)
  }
  const pendingIds = Object.keys(plugin.depends ?? {}).filter((id) => !coreIds.includes(id))
  const dependencies = new Map<string, LoadedPlugin>()
  for (let id = pendingIds.shift(); id !== undefined; id = pendingIds.shift()) {
    if (dependencies.has(id)) continue
    const dependency = listed.find((loaded) => loaded.plugin.id === id)
    if (!dependency)
      throw new CommandError(`${plugin.id} depends on ${id}, which rapport.config.ts does not list. Add it there.`)
    dependencies.set(id, dependency)
    const nextIds = Object.keys(dependency.plugin.depends ?? {})
    pendingIds.push(...nextIds.filter((nextId) => !coreIds.includes(nextId)))
  }
  return [...dependencies.values()].flatMap(({ modelSource }) => modelSource ?? [])
}
