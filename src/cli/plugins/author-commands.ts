import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { coreParts } from '../../app.ts'
import type { ModelSource } from '../../platform/data/models/compose-models.ts'
import { authorMigration } from '../../platform/plugins/authoring/author-migration.ts'
import {
  MODEL_TYPES_FILE,
  pluginModelTypes,
  readUnloadedModels,
} from '../../platform/plugins/authoring/plugin-model-types.ts'
import { readListedPlugins, rootOf } from '../../platform/plugins/load/installation-config.ts'
import { loadPlugin } from '../../platform/plugins/load/load-plugin.ts'
import { findPluginFiles } from '../../platform/plugins/load/specifier.ts'
import type { LoadedPlugin } from '../../platform/request/loaded-plugin.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'

/** `rapport plugin types` */
export function typesCommand(context: CommandContext): Command {
  return new Command('types')
    .description(`Write the TypeScript types of a plugin's models to ${MODEL_TYPES_FILE} in its folder.`)
    .argument('<folder>', 'the plugin’s folder')
    .action(async (folder: string) => {
      const directory = resolve(folder)
      const own = await readUnloadedModels(directory)
      if (!own) throw new CommandError(`There is no models.prisma in ${folder}.`)
      const others = await listedModels(context.config().pluginsFile, directory)
      const path = join(directory, MODEL_TYPES_FILE)
      await writeFile(path, pluginModelTypes((await coreParts()).models, own.source, others))
      context.print(`Wrote ${MODEL_TYPES_FILE}.`)
    })
}

/** `rapport plugin migration` */
export function migrationCommand(context: CommandContext): Command {
  return new Command('migration')
    .description("Write a plugin's next migration, and its remove.sql, from its models.prisma. Reads no database.")
    .argument('<folder>', 'the plugin’s folder')
    .argument('<name>', 'what it does, such as add_note')
    .action(async (folder: string, name: string) => {
      const plugin = await loadPlugin(resolve(folder), process.cwd())
      const { models } = await coreParts()
      const dependencies = await dependenciesOf(plugin, context.config().pluginsFile)
      const { file, manualSteps } = await authorMigration(plugin, [models, ...dependencies], name)
      context.print(
        file === null
          ? 'The models ask for no change of the database.'
          : `Wrote migrations/${file}: read it before you publish it.`,
      )
      for (const point of manualSteps) context.print(`- ${point}`)
    })
}

/** Models of the plugins that `rapport.config.ts` lists, but of the one in that folder. */
async function listedModels(configPath: string, except: string): Promise<ModelSource[]> {
  const sources: ModelSource[] = []
  for (const specifier of await readListedPlugins(configPath)) {
    const found = await findPluginFiles(specifier, rootOf(configPath)).catch(() => null)
    const models = found && found.directory !== except ? await readUnloadedModels(found.directory) : null
    if (models) sources.push(models.source)
  }
  return sources
}

/** Models of everything that a plugin depends on, near or far. */
async function dependenciesOf({ plugin }: LoadedPlugin, configPath: string): Promise<ModelSource[]> {
  const core = (await coreParts()).plugins.map(({ id }) => id)
  const listed: LoadedPlugin[] = []
  for (const specifier of await readListedPlugins(configPath)) {
    const loaded = await loadPlugin(specifier, rootOf(configPath)).catch(() => null)
    if (loaded) listed.push(loaded)
  }
  const wanted = Object.keys(plugin.depends ?? {}).filter((id) => !core.includes(id))
  const found = new Map<string, LoadedPlugin>()
  for (let id = wanted.shift(); id !== undefined; id = wanted.shift()) {
    if (found.has(id)) continue
    const dependency = listed.find((each) => each.plugin.id === id)
    if (!dependency)
      throw new CommandError(`${plugin.id} depends on ${id}, which rapport.config.ts does not list. Add it there.`)
    found.set(id, dependency)
    wanted.push(...Object.keys(dependency.plugin.depends ?? {}).filter((each) => !core.includes(each)))
  }
  return [...found.values()].flatMap(({ modelSource }) => modelSource ?? [])
}
